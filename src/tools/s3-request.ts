import type { ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { refusalOf } from './s3-refusal.ts';
import { encodeStrictly, type S3Credentials, sha256, signRequest } from './s3-signature.ts';

/** A bucket and a key that opens it. */
export interface S3Address extends S3Credentials {
  /** `http://127.0.0.1:29000` */
  readonly endpoint: string;
  readonly bucket: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`; true when absent. */
  readonly pathStyle?: boolean;
}

/** What `put` sends; a stream of exactly `size` bytes. */
export type S3Body = string | Uint8Array | { readonly stream: Readable; readonly size: number };

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Of an object; absent for the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: S3Body;
}

export interface S3Options {
  /** How long nothing may move on the connection, in milliseconds; 60 s when absent. */
  readonly idleMs?: number;
  /** Breaks off what is under way; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Sends one signed request; gives the answer with its body still to be read, or throws S3Refusal or Node's own error. */
export async function sendS3(address: S3Address, request: S3Request, options: S3Options): Promise<IncomingMessage> {
  const answer = await exchange(address, request, options);
  const { statusCode = 0 } = answer;
  if (statusCode >= 200 && statusCode < 300) return answer;
  // A server that refuses a body before its end may hang up on the rest: the status is known all the same.
  throw await refusalOf(statusCode, await readText(answer).catch(() => ''));
}

/** A whole body as text. */
export async function readText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function exchange(address: S3Address, request: S3Request, options: S3Options): Promise<IncomingMessage> {
  const { signal, idleMs = 60_000 } = options;
  signal?.throwIfAborted();
  const url = locate(address, request.key);
  const path = request.query ? `${url.path}?${queryText(request.query)}` : url.path;
  const { request: open } = await import(url.secure ? 'node:https' : 'node:http');
  // A connection for each request: a kept one may be closed by the server just when a body is on its way.
  const given = { host: url.hostname, port: url.port, path, method: request.method, agent: false, signal };
  const sending: ClientRequest = open({ ...given, headers: signedHeaders(address, request, url) });
  sending.setTimeout(idleMs, () => sending.destroy(codedError('ETIMEDOUT', `nothing moved for ${idleMs / 1000} s`)));
  return new Promise<IncomingMessage>((resolve, reject) => {
    sending.once('response', resolve);
    sending.on('error', (error) => reject(signal?.aborted ? signal.reason : error));
    sendBody(sending, request.body, reject);
  });
}

interface Location {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: string | undefined;
  readonly host: string;
  readonly path: string;
}

/** The path is put together by hand: URL would resolve the `..` that a key may well contain. */
function locate({ endpoint, bucket, pathStyle = true }: S3Address, key: string | undefined): Location {
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  if (!/^https?:$/.test(protocol)) throw codedError('ERR_INVALID_PROTOCOL', `${protocol} is neither http: nor https:`);
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const parts = [...(pathStyle ? [bucket] : []), ...(key === undefined ? [] : key.split('/'))];
  const base = pathname.replace(/\/$/, '');
  const server = pathStyle ? { name, shown: hostname } : { name: `${bucket}.${name}`, shown: `${bucket}.${hostname}` };
  return {
    secure: protocol === 'https:',
    hostname: server.name,
    port: port === '' ? undefined : port,
    host: port === '' ? server.shown : `${server.shown}:${port}`,
    path: `${base}/${parts.map(encodeStrictly).join('/')}`,
  };
}

function signedHeaders(address: S3Address, { method, headers, query, body }: S3Request, { host, path }: Location) {
  const length = body === undefined ? {} : { 'content-length': String(sizeOf(body)) };
  const payload = isStream(body) ? 'UNSIGNED-PAYLOAD' : sha256(body ?? '');
  const unsigned = { method, host, path, query: queryText(query ?? {}), headers: { ...headers, ...length }, payload };
  return signRequest(unsigned, address, new Date());
}

function queryText(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
    .join('&');
}

function sendBody(sending: ClientRequest, body: S3Body | undefined, fail: (error: Error) => void): void {
  if (!isStream(body)) {
    sending.end(body);
    return;
  }
  // The body's own error is told first: the request would only say that its socket was hung up.
  const source = Readable.from(exactly(body.stream, body.size)).on('error', fail);
  pipeline(source, sending).catch(() => sending.destroy());
}

/** Fewer bytes than announced would leave the server waiting, more would begin another request. */
async function* exactly(stream: Readable, size: number): AsyncGenerator<Buffer> {
  let passed = 0;
  for await (const chunk of stream) {
    passed += chunk.length;
    if (passed > size) throw new Error(`the body is longer than the ${size} bytes announced`);
    yield chunk;
  }
  if (passed < size) throw new Error(`the body ended after ${passed} of ${size} bytes`);
}

function sizeOf(body: S3Body): number {
  return isStream(body) ? body.size : Buffer.byteLength(body);
}

function isStream(body: S3Body | undefined): body is Extract<S3Body, { stream: Readable }> {
  return typeof body === 'object' && 'stream' in body;
}

function codedError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
