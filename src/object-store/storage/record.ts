import type { Checksum } from '../body/checksums.ts';

/** A stretch of an object's bytes in a file of its own. */
export interface Segment {
  readonly blob: string;
  /** In bytes. */
  readonly size: number;
}

/** What is known of an object besides its bytes. */
export interface ObjectRecord {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** In milliseconds; S3 tells whole seconds. */
  readonly modified: number;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum?: Checksum | undefined;
  /** Content headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, by lower-case name without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** In order; none if the bytes are in the record's own file. */
  readonly segments: readonly Segment[];
  /** The upload that the object was completed from. */
  readonly uploadId?: string | undefined;
}

/** The record's file: one line of JSON, then the bytes of an object that has no segments. */
export function encodeRecord(record: ObjectRecord, inline: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(record)}\n`, 'utf8'), inline]);
}

/** Reads a record's file; undefined where it is not one, or is not whole. */
export function decodeRecord(file: Buffer): { record: ObjectRecord; inline: Buffer } | undefined {
  const record = decodeRecordHead(file, file.length);
  return record && { record, inline: file.subarray(file.indexOf(0x0a) + 1) };
}

/** As `decodeRecord`, from the file's beginning (its first line at least) and its size in bytes. */
export function decodeRecordHead(head: Buffer, fileSize: number): ObjectRecord | undefined {
  const end = head.indexOf(0x0a);
  const record = end < 0 ? undefined : parseRecord(head.toString('utf8', 0, end));
  const inlineSize = record?.segments.length === 0 ? record.size : 0;
  return fileSize === end + 1 + inlineSize ? record : undefined;
}

function parseRecord(line: string): ObjectRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isRecord = typeof value === 'object' && value !== null && 'key' in value && 'segments' in value;
    return isRecord ? (value as ObjectRecord) : undefined;
  } catch {
    return undefined;
  }
}
