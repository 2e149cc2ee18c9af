import { randomBytes } from 'node:crypto';

/** The credentials of an S3 client. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A pair as S3 clients expect it: 20 upper-case characters, and 40 with 240 random bits. */
export function newKeyPair(): KeyPair {
  return {
    accessKeyId: `DK${randomBytes(9).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}
