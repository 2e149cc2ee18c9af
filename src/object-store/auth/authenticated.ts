import type { Grant } from './keys.ts';
import type { Signer } from './signature.ts';

/** Who asks, and what the signature says of the body. */
export interface Authenticated {
  readonly grant: Grant;
  /** `x-amz-content-sha256` as signed: a hash, or the name of a streaming form. */
  readonly payloadHash: string;
  /** What the chunks of a streamed body are signed with, the first one after `seedSignature`; SigV2 has no such thing. */
  readonly chunkSigning: { readonly signer: Signer; readonly seedSignature: string } | undefined;
}
