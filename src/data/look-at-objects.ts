import { Failure, reasonOf } from '../failure.ts';
import { networkStageOf } from '../tools/network-fault.ts';
import type { S3, S3Object } from '../tools/s3.ts';
import { folderOf, openBucket } from './folder.ts';
import type { Place } from './place.ts';
import { type Row, type RowFormat, readRows, rowFormatOf } from './rows.ts';

/** The objects of a prefix. */
export interface ObjectListing {
  readonly type: 'objects';
  /** What all keys begin with. */
  readonly prefix: string;
  /** The first ones, by key. */
  readonly objects: readonly S3Object[];
  /** How many there are in all. */
  readonly count: number;
  /** Of all of them. */
  readonly bytes: number;
}

export async function listObjects(place: Place, limit: number, signal: AbortSignal): Promise<ObjectListing> {
  const prefix = folderOf(place);
  const objects: S3Object[] = [];
  let count = 0;
  let bytes = 0;
  for await (const page of openBucket(place.store, signal).list(prefix)) {
    objects.push(...page.slice(0, limit - objects.length));
    count += page.length;
    bytes += page.reduce((sum, { size }) => sum + size, 0);
  }
  return { type: 'objects', prefix, objects, count, bytes };
}

/** The first rows of the first objects; of an object no more is read than is shown. */
export async function headOfObjects(place: Place, limit: number, signal: AbortSignal): Promise<readonly Row[]> {
  const bucket = openBucket(place.store, signal);
  const rows: Row[] = [];
  const unreadable: string[] = [];
  for await (const page of bucket.list(folderOf(place))) {
    for (const { key } of page) {
      const format = formatOf(key, place.port.format);
      if (format === undefined) unreadable.push(key);
      else await readInto(rows, limit, bucket, key, format).catch((error: unknown) => throwBroken(key, error, signal));
      if (rows.length >= limit) return rows;
    }
  }
  if (rows.length === 0 && unreadable.length > 0) throw cannotShow(place, unreadable);
  return rows;
}

async function readInto(rows: Row[], limit: number, bucket: S3, key: string, format: RowFormat): Promise<void> {
  const body = await bucket.get(key);
  try {
    for await (const { row } of readRows(body, format, key)) {
      rows.push(row);
      if (rows.length >= limit) return;
    }
  } finally {
    body.destroy();
  }
}

/** A server that goes away in the middle of an object is no fault of dk. */
function throwBroken(key: string, error: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  if (error instanceof Failure || networkStageOf(error) === undefined) throw error;
  throw new Failure('unhealthy', { what: `Object ${key} broke off`, why: reasonOf(error), cause: error });
}

/** What the key's ending says; a key without one is taken for what the data set is. */
function formatOf(key: string, declared: string | undefined): RowFormat | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return name.includes('.') ? rowFormatOf(name) : rowFormatOf(`.${declared}`);
}

function cannotShow({ port }: Place, [first, ...others]: readonly string[]): Failure {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return new Failure('usage', {
    what: `The rows of data set ${port.dataset} cannot be shown`,
    why: `dk reads csv, json and ndjson; there are ${first}${more}`,
    next: `dk data ls ${port.dataset} shows keys and sizes`,
  });
}
