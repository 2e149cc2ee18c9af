import { createHash, createHmac } from 'node:crypto';
import type { KeyPair } from '../../src/object-store/server.ts';
import { root } from './serving.ts';

// An implementation of SigV4 of its own, so that the server's is not tested against itself.

export interface Unsigned {
  readonly method: string;
  /** Encoded, with the query if there is one. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Signing {
  readonly key?: KeyPair;
  readonly at?: Date;
  readonly port: number;
  /** x-amz-content-sha256; the body's own hash if not given. */
  readonly payloadHash?: string;
}

export const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The request's headers with its signature, and what signs the chunks of its body. */
export function signed(request: Unsigned, signing: Signing) {
  const { key = root, at = new Date(), payloadHash = sha256(request.body ?? '') } = signing;
  const { timestamp, scope, sign } = signer(key, at);
  const headers: Record<string, string> = {
    host: `127.0.0.1:${signing.port}`,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': timestamp,
    ...request.headers,
  };
  const names = Object.keys(headers).sort();
  const signature = sign('AWS4-HMAC-SHA256', [canonicalHash(request, headers, names, payloadHash)]);
  const credential = `Credential=${key.accessKeyId}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { headers: { ...headers, authorization }, signature, sign };
}

/** The target with a signature in its query that is good for so many seconds. */
export function presigned(request: Unsigned, { key = root, at = new Date(), port }: Signing, expires: number): string {
  const { timestamp, scope, sign } = signer(key, at);
  const query = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encodeURIComponent(`${key.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${timestamp}`,
    `X-Amz-Expires=${expires}`,
    'X-Amz-SignedHeaders=host',
  ].join('&');
  const target = `${request.target}${request.target.includes('?') ? '&' : '?'}${query}`;
  const headers = { host: `127.0.0.1:${port}` };
  const hash = canonicalHash({ ...request, target }, headers, ['host'], 'UNSIGNED-PAYLOAD');
  return `${target}&X-Amz-Signature=${sign('AWS4-HMAC-SHA256', [hash])}`;
}

/** The target with a SigV2 signature in its query that is good for so many seconds. */
export function presignedV2(request: Unsigned, { key = root, at = new Date() }: Partial<Signing>, expires: number) {
  const [path = '', query = ''] = request.target.split('?');
  const until = Math.floor(at.getTime() / 1000) + expires;
  const headers = Object.entries(request.headers ?? {}).sort();
  const value = (wanted: string) => headers.find(([name]) => name === wanted)?.[1] ?? '';
  const amazon = headers.filter(([name]) => name.startsWith('x-amz-')).map(([name, text]) => `${name}:${text}\n`);
  const resource = query === '' ? path : `${path}?${decodeURIComponent(query.split('&').sort().join('&'))}`;
  const plain = [request.method, value('content-md5'), value('content-type'), until, amazon.join('') + resource];
  const signature = createHmac('sha1', key.secretAccessKey).update(plain.join('\n')).digest('base64');
  const parameters = { AWSAccessKeyId: key.accessKeyId, Expires: `${until}`, Signature: signature };
  return `${request.target}${query === '' ? '?' : '&'}${new URLSearchParams(parameters)}`;
}

function signer(key: KeyPair, at: Date) {
  const timestamp = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = timestamp.slice(0, 8);
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const signingKey = hmac(hmac(hmac(hmac(`AWS4${key.secretAccessKey}`, day), 'us-east-1'), 's3'), 'aws4_request');
  const sign = (algorithm: string, lines: readonly string[]): string =>
    hmac(signingKey, [algorithm, timestamp, scope, ...lines].join('\n')).toString('hex');
  return { timestamp, scope, sign };
}

function canonicalHash(request: Unsigned, headers: Record<string, string>, names: string[], payloadHash: string) {
  const [path = '', query = ''] = request.target.split('?');
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  const canonical = names.map((name) => `${name}:${headers[name]}\n`).join('');
  return sha256([request.method, path, pairs.sort().join('&'), canonical, names.join(';'), payloadHash].join('\n'));
}
