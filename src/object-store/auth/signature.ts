import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Where and when a signing key is valid. */
export interface Scope {
  /** YYYYMMDD. */
  readonly day: string;
  readonly region: string;
}

/** All that a SigV4 signature is made with but the text. */
export interface Signer {
  readonly scope: Scope;
  /** YYYYMMDDTHHMMSSZ. */
  readonly timestamp: string;
  readonly signingKey: Buffer;
}

/** The key that signs for one day, region and service. */
export function deriveSigningKey(secretAccessKey: string, scope: Scope): Buffer {
  const steps = [scope.day, scope.region, 's3', 'aws4_request'];
  return steps.reduce<Buffer>((key, step) => hmac(key, step), Buffer.from(`AWS4${secretAccessKey}`));
}

/** Signs the lines that follow the scope in a string to sign; lower-case hex. */
export function sign(signer: Signer, algorithm: string, lines: readonly string[]): string {
  const scope = `${signer.scope.day}/${signer.scope.region}/s3/aws4_request`;
  return hmac(signer.signingKey, [algorithm, signer.timestamp, scope, ...lines].join('\n')).toString('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

/** SHA-256 in lower-case hex. */
export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Compares without telling by its time where the texts differ. */
export function sameText(one: string, other: string): boolean {
  const [first, second] = [createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest()];
  return timingSafeEqual(first, second);
}
