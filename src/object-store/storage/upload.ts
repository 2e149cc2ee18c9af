import type { Checksum, ChecksumAlgorithm } from '../body/checksums.ts';
import type { BodyDigests } from '../body/digest.ts';
import type { Content } from './content.ts';
import { Locks } from './locks.ts';
import type { Segment } from './record.ts';

/** What a multipart upload was begun with. */
export interface UploadStart {
  readonly id: string;
  readonly key: string;
  /** In milliseconds. */
  readonly initiated: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: Checksum['type'] } | undefined;
}

/** A part as it is on disk. */
export interface Part {
  readonly number: number;
  /** In milliseconds. */
  readonly modified: number;
  readonly etag: string;
  readonly checksum?: Checksum | undefined;
  readonly segment: Segment;
}

/** A multipart upload that is under way. */
export interface Upload extends UploadStart {
  readonly parts: Map<number, Part>;
  /** Serialises what changes this upload. */
  readonly locks: Locks;
}

/** An upload with the parts that it has. */
export function makeUpload(start: UploadStart, parts: readonly Part[]): Upload {
  return { ...start, parts: new Map(parts.map((part) => [part.number, part])), locks: new Locks() };
}

/** A part whose bytes are on their way to the disk. */
export interface ReceivedPart {
  readonly part: Part;
  readonly onDisk: Promise<void>;
}

/** The part that a received body makes. */
export function makePart(
  number: number,
  modified: number,
  content: Content,
  { md5, checksum }: BodyDigests,
): ReceivedPart {
  // The object takes the parts' blobs over, so they must be blobs.
  if (content.kind !== 'blob') throw new Error('a part was received inline');
  return { part: { number, modified, etag: md5, checksum, segment: content.segment }, onDisk: content.onDisk };
}
