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
export function deriveSigningKey(secretAccessKey: string, { day, region }: Scope): Buffer {
  const name = [day, region, secretAccessKey].join('/');
  const known = signingKeys.get(name);
  if (known !== undefined) return known;
  const steps = [day, region, 's3', 'aws4_request'];
  const key = steps.reduce<Buffer>((previous, step) => hmac(previous, step), Buffer.from(`AWS4${secretAccessKey}`));
  // The region is the client's to choose: what it makes up must not pile up here.
  if (signingKeys.size >= maximumSigningKeys) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
}

/** Four HMACs are most of what a signature costs, and all requests of a day share them. */
const signingKeys = new Map<string, Buffer>();
const maximumSigningKeys = 100;

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

/** Compares without telling by its time where texts of one length differ. */
export function sameText(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one, 'utf8'), Buffer.from(other, 'utf8')];
  return first.length === second.length && timingSafeEqual(first, second);
}
