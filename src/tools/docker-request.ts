import type Dockerode from 'dockerode';
import type { Context } from '../context.ts';
import type { DockerEndpoint } from './docker-endpoint.ts';
import { dockerFailure, notAnswering, statusOf } from './docker-fault.ts';

/** Asks the engine one thing; `doing` completes "The container engine did not …". Milliseconds; 15 s when absent. */
export type DockerRequest = <T>(
  doing: string,
  work: (abortSignal: AbortSignal) => Promise<T>,
  timeoutMs?: number,
) => Promise<T>;

/** Requests with an end: the signal's, or the timeout's; what they throw says what to do about it. */
export function createRequest(endpoint: DockerEndpoint, env: Context['env'], signal: AbortSignal): DockerRequest {
  return async (doing, work, timeoutMs = 15_000) => {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await work(AbortSignal.any([signal, timeout]));
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) throw notAnswering(endpoint, `it did not ${doing} within ${timeoutMs / 1000} s`, error);
      throw await dockerFailure(error, doing, endpoint, env);
    }
  };
}

/** Takes some HTTP statuses for the answer `undefined`. */
export async function accepting<T>(statuses: readonly number[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** Loads dockerode; each part is said, absent ones too: what is left out it takes from DOCKER_HOST of its own process. */
export async function createClient(endpoint: DockerEndpoint): Promise<Dockerode> {
  const { default: Client } = await import('dockerode');
  return 'socketPath' in endpoint
    ? new Client({ protocol: 'http', host: undefined, port: undefined, socketPath: endpoint.socketPath })
    : new Client({ protocol: 'http', host: endpoint.host, port: endpoint.port });
}
