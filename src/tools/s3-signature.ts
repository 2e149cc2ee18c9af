import { createHash, createHmac } from 'node:crypto';

export interface S3Credentials {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A request in the form in which it is signed: path and query are encoded already. */
export interface UnsignedRequest {
  readonly method: string;
  /** `127.0.0.1:29000` */
  readonly host: string;
  readonly path: string;
  /** Parameters sorted by name, as they are sent. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`. */
  readonly payload: string;
}

/** The headers to send, with AWS's Signature Version 4: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
export function signRequest(request: UnsignedRequest, credentials: S3Credentials, now: Date): Record<string, string> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const { host, payload } = request;
  const headers = { ...request.headers, host, 'x-amz-content-sha256': payload, 'x-amz-date': time };
  const signed = Object.keys(headers).sort().join(';');
  const scope = `${time.slice(0, 8)}/${credentials.region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical(request, headers, signed))].join('\n');
  const signature = hmac(signingKey(credentials, time.slice(0, 8)), text).toString('hex');
  const credential = `${credentials.accessKeyId}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`;
  return { ...headers, authorization };
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Percent-encodes all but letters, digits and `-._~`, as the signature wants it. */
export function encodeStrictly(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, hex);
}

function canonical({ method, path, query, payload }: UnsignedRequest, headers: Record<string, string>, signed: string) {
  const lines = Object.keys(headers)
    .sort()
    .map((name) => `${name}:${headers[name]?.trim().replaceAll(/ +/g, ' ')}\n`);
  return [method, path, query, lines.join(''), signed, payload].join('\n');
}

function signingKey({ region, secretAccessKey }: S3Credentials, day: string): Buffer {
  return [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`) as Buffer;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
