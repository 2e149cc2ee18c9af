import type Dockerode from 'dockerode';
import type { Context } from '../context.ts';
import { dockerContainers } from './docker-containers.ts';
import { type DockerEndpoint, findDockerEndpoint } from './docker-endpoint.ts';
import { dockerImages, dockerNetworks, dockerVolumes } from './docker-objects.ts';
import { createClient, createRequest, type DockerRequest } from './docker-request.ts';

/** A container engine; whatever it cannot do is a Failure that says what to do next. */
export interface Docker {
  readonly endpoint: DockerEndpoint;
  /** Fails unless the engine answers within 3 s. */
  ping(): Promise<void>;
  readonly containers: ReturnType<typeof dockerContainers>;
  readonly volumes: ReturnType<typeof dockerVolumes>;
  readonly networks: ReturnType<typeof dockerNetworks>;
  readonly images: ReturnType<typeof dockerImages>;
  /** Dockerode itself, for streams and what is needed in one place only; to be asked through `ask`. */
  readonly client: Dockerode;
  readonly ask: DockerRequest;
}

interface DockerOptions {
  readonly env: Context['env'];
  /** Ends every request; its reason is what is thrown then. */
  readonly signal: AbortSignal;
}

/** Opens the engine that the docker CLI would use; it is asked nothing yet. */
export async function openDocker({ env, signal }: DockerOptions): Promise<Docker> {
  const endpoint = await findDockerEndpoint(env);
  const client = await createClient(endpoint);
  const ask = createRequest(endpoint, env, signal);
  return {
    endpoint,
    client,
    ask,
    containers: dockerContainers(client, ask),
    volumes: dockerVolumes(client, ask),
    networks: dockerNetworks(client, ask),
    images: dockerImages(client, ask),
    async ping() {
      // A question that reaches the engine's heart; dockerode's types give its `ping` no signal.
      await ask('answer', (abortSignal) => client.listNetworks({ filters: { name: ['bridge'] }, abortSignal }), 3000);
    },
  };
}
