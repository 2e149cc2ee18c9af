import type { Grant } from './auth/keys.ts';
import type { Body, BodyChecksum } from './body/body.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { Bucket } from './storage/bucket.ts';
import type { Take } from './storage/read-file.ts';
import type { Store } from './storage/store.ts';

/** A request that has been authenticated and may reach its bucket. */
export interface Call {
  readonly request: S3Request;
  readonly store: Store;
  readonly grant: Grant;
  /** In milliseconds. */
  readonly now: number;
  /** Opens the request's body; to be called once, when it is wanted. */
  openBody(checksum?: BodyChecksum): Body;
  /** What is answered for something that failed, where the rest goes on; the log is told of a fault. */
  toS3Error(error: unknown): S3Error;
}

/** What is answered; header names in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly kind: 'xml'; readonly text: string } | ByteBody;
}

/** A body that is streamed; `release` is called once, however it ends. */
interface ByteBody {
  readonly kind: 'bytes';
  send(take: Take): Promise<void>;
  release(): void;
}

/** One of S3's operations; its failures are S3Errors, all else is a fault. */
export type Operation = (call: Call) => Promise<Answer>;

/** The bucket the request names; NoSuchBucket if there is none. */
export function bucketOf({ request, store }: Call): Bucket {
  return store.bucket(request.bucket ?? '');
}

/** The key the request names; routing has seen to it that there is one. */
export function keyOf({ request }: Call): string {
  if (request.key === undefined) throw new S3Error('InvalidRequest', 'The request names no key.');
  return request.key;
}
