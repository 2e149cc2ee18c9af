import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { faultOfAnswer, KubernetesFault } from './kubernetes-fault.ts';
import type { Login } from './kubernetes-login.ts';
import type { CallOptions } from './kubernetes-object.ts';

export interface ApiRequest extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the server's address, without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly contentType?: string;
  /** JSON when absent. */
  readonly accept?: string;
}

export interface ApiAnswer {
  /** 2xx: any other answer is a KubernetesFault. */
  readonly status: number;
  /** What the JSON said; not checked. */
  readonly body: unknown;
}

/** One server with one login. */
export interface Http {
  send(request: ApiRequest): Promise<ApiAnswer>;
  /** The answer's body as it comes; the time-out ends with the headers, the signal with the body. */
  stream(request: ApiRequest): Promise<IncomingMessage>;
}

const defaultTimeoutMs = 30_000;
const retries = 3;

/** Every request asks for the login anew; connections are kept. */
export function openHttp({ server, proxied, options: ask }: Login): Http {
  // Each further connection costs more than waiting for one. What streams would keep others waiting.
  const [calls, streams] = [new Agent({ keepAlive: true, maxSockets: 4 }), new Agent()];
  const login = async (agent: Agent): Promise<RequestOptions> => {
    const options = await ask();
    const { protocol } = new URL(server);
    // The library's own agents keep no connection; only a proxy needs them.
    return protocol === 'https:' && !proxied ? { ...options, agent } : options;
  };
  const exchangeBy = (agent: Agent) => (request: ApiRequest, signal: AbortSignal) =>
    exchange(server, request, signal, () => login(agent));
  const [call, stream] = [exchangeBy(calls), exchangeBy(streams)];
  return {
    send: (request) =>
      bounded(request, async (signal) => {
        const response = await call(request, signal);
        return { status: response.statusCode ?? 0, body: parse(await readText(response)) };
      }),
    stream: async (request) => {
      const headers = new AbortController();
      const signal = request.signal ? AbortSignal.any([request.signal, headers.signal]) : headers.signal;
      const timer = setTimeout(() => headers.abort(), request.timeoutMs ?? defaultTimeoutMs);
      try {
        return await stream(request, signal);
      } catch (error) {
        throw headers.signal.aborted ? timeout(request) : error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function bounded<Result>(request: ApiRequest, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const deadline = AbortSignal.timeout(request.timeoutMs ?? defaultTimeoutMs);
  try {
    return await work(request.signal ? AbortSignal.any([request.signal, deadline]) : deadline);
  } catch (error) {
    throw deadline.aborted && !request.signal?.aborted ? timeout(request) : error;
  }
}

function timeout({ timeoutMs = defaultTimeoutMs }: ApiRequest): KubernetesFault {
  return new KubernetesFault('timeout', `no answer within ${timeoutMs / 1000} s`);
}

/** Sends until there is an answer; everything that dk sends may be sent twice. */
async function exchange(
  server: string,
  request: ApiRequest,
  signal: AbortSignal,
  loginOptions: () => Promise<RequestOptions>,
): Promise<IncomingMessage> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    const answer = await sendOnce(server, request, { ...(await loginOptions()), signal });
    if (answer === 'stale connection') continue;
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    const body = parse(await readText(answer));
    if (status !== 429 || attempt >= retries) throw faultOfAnswer(status, body);
    await pause(Math.min(Number(answer.headers['retry-after'] ?? 1), 5) * 1000, undefined, { signal });
  }
}

function sendOnce(
  server: string,
  { method, path, query = {}, body, contentType, accept = 'application/json' }: ApiRequest,
  options: RequestOptions,
): Promise<IncomingMessage | 'stale connection'> {
  const url = new URL(server + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const content = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...options.headers,
    accept,
    ...(content === undefined
      ? {}
      : { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(content) }),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const sent = send(url, { ...options, method, headers }, resolve);
    sent.once('error', (error: NodeJS.ErrnoException) => {
      // The server may close a kept connection at the very moment at which it is used again.
      if (sent.reusedSocket && error.code === 'ECONNRESET') resolve('stale connection');
      else reject(error);
    });
    sent.end(content);
  });
}

/** Proxies, and servers that do not know a path, answer in plain text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
