import { Readable, Writable } from 'node:stream';
import type { KubeConfig, V1Status } from '@kubernetes/client-node';
import { KubernetesFault } from './kubernetes-fault.ts';
import type { CallOptions } from './kubernetes-object.ts';

export interface ExecOptions extends CallOptions {
  readonly namespace: string;
  readonly pod: string;
  /** The pod's only one when absent. */
  readonly container?: string;
  /** Secrets go over `stdin`: everybody may read a command line. */
  readonly command: readonly string[];
  readonly stdin?: string;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a pod to its end; what it writes is kept in memory. */
export async function execInPod(config: KubeConfig, options: ExecOptions): Promise<ExecResult> {
  const { Exec } = await import('@kubernetes/client-node/dist/exec.js');
  const { namespace, pod, container = '', command, stdin, timeoutMs = 30_000 } = options;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const stdout = collect();
  const stderr = collect();
  const input = stdin === undefined ? null : Readable.from([Buffer.from(stdin)]);
  const status = await new Promise<V1Status>((resolve, reject) => {
    const stop = () => reject(options.signal?.aborted ? options.signal.reason : timeUp(timeoutMs));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    new Exec(config)
      .exec(namespace, pod, container, [...command], stdout.stream, stderr.stream, input, false, resolve)
      .then((socket) => {
        socket.addEventListener('close', () => reject(new KubernetesFault('unreachable', 'the connection was cut')));
        signal.addEventListener('abort', () => socket.close(), { once: true });
        if (signal.aborted) socket.close();
      })
      .catch((error) => reject(faultOfSocket(error)));
  });
  return { code: exitCodeOf(status), stdout: stdout.text(), stderr: stderr.text() };
}

function collect() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

function timeUp(timeoutMs: number): KubernetesFault {
  return new KubernetesFault('timeout', `the command did not end within ${timeoutMs / 1000} s`);
}

/** A WebSocket that was refused says so in an event, with the status in its text. */
function faultOfSocket(event: unknown): unknown {
  const { error, message } = event as { readonly error?: unknown; readonly message?: unknown };
  const status = /Unexpected server response: (\d+)/.exec(String(message))?.[1];
  if (status === '403') return new KubernetesFault('forbidden', 'the server refused to start it');
  if (status === '401') return new KubernetesFault('unauthorized', 'the server refused the login');
  if (status === '404') return new KubernetesFault('notFound', 'there is no such pod');
  if (status !== undefined) return new KubernetesFault('server', `the server answered ${status}`);
  return error ?? event;
}

function exitCodeOf({ status, message, details }: V1Status): number {
  if (status === 'Success') return 0;
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code !== undefined) return Number(code);
  throw new KubernetesFault('server', message ?? 'the command could not be started');
}
