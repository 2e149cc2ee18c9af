import { createHash } from 'node:crypto';
import { type Signer, sameText, sha256, sign } from '../auth/signature.ts';
import { S3Error } from '../errors.ts';

/** Checks the chain of signatures over the chunks of a streamed body, each made with the one before. */
export class ChunkVerifier {
  readonly #signer: Signer;
  #previous: string;
  #hash = createHash('sha256');

  constructor(signer: Signer, seedSignature: string) {
    this.#signer = signer;
    this.#previous = seedSignature;
  }

  /** Takes bytes of the current chunk. */
  update(piece: Buffer): void {
    this.#hash.update(piece);
  }

  /** Ends the current chunk; SignatureDoesNotMatch unless its signature is right. */
  verifyChunk(signature: string | undefined): void {
    const contentHash = this.#hash.digest('hex');
    this.#hash = createHash('sha256');
    this.#verify('AWS4-HMAC-SHA256-PAYLOAD', [this.#previous, sha256(''), contentHash], signature);
  }

  /** Checks the trailers, given as `name:value\n` each. */
  verifyTrailers(text: string, signature: string | undefined): void {
    this.#verify('AWS4-HMAC-SHA256-TRAILER', [this.#previous, sha256(text)], signature);
  }

  #verify(algorithm: string, lines: readonly string[], signature: string | undefined): void {
    const expected = sign(this.#signer, algorithm, lines);
    if (signature === undefined || !sameText(expected, signature)) throw new S3Error('SignatureDoesNotMatch');
    this.#previous = expected;
  }
}
