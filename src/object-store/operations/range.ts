import { S3Error } from '../errors.ts';
import type { ObjectRecord } from '../storage/record.ts';

/** Bytes `start` to `end` (exclusive). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The range a Range header asks of an object of that size; undefined for all of it, InvalidRange for none of it. */
export function parseRange(text: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  // Like S3, ignore what is malformed and what asks for several ranges.
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const range =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size }
      : { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
  if (range.start >= range.end) throw new S3Error('InvalidRange');
  return range;
}

/** The bytes of a part of the object, counted from 1, and of how many, if it came in parts at all; InvalidPartNumber beyond. */
export function partRange(
  { size, segments, uploadId }: ObjectRecord,
  number: number,
): { range: ByteRange; count: number | undefined } {
  const sizes = uploadId === undefined ? [size] : segments.map((segment) => segment.size);
  const [own] = sizes.slice(number - 1);
  if (own === undefined) throw new S3Error('InvalidPartNumber');
  const start = sizes.slice(0, number - 1).reduce((sum, before) => sum + before, 0);
  return { range: { start, end: start + own }, count: uploadId === undefined ? undefined : sizes.length };
}
