import { createHash } from 'node:crypto';
import type { S3, S3Object } from '../../tools/s3.ts';

/** What seeds put below a data set's prefix; kept in the bucket itself, so that it goes where the objects go. */
export interface Marker {
  /** Of the seed that is complete; null while one is being loaded. */
  readonly hash: string | null;
  /** Null where nobody counted them. */
  readonly rows: number | null;
  /** Every object that seeds put there, with the ETag that it got; null for one that may not be there. */
  readonly objects: Readonly<Record<string, string | null>>;
}

const nothing: Marker = { hash: null, rows: null, objects: {} };

/** Outside of every data set's prefix: programs read all that is below theirs. */
function markerKey(prefix: string): string {
  return `.dk/seeds/${createHash('sha256').update(prefix).digest('hex').slice(0, 32)}.json`;
}

/** The marker of a prefix; of one that cannot be read nothing is known. */
export async function readMarker(bucket: S3, prefix: string): Promise<Marker> {
  const key = markerKey(prefix);
  if (!(await findObject(bucket, key))) return nothing;
  const marker = parse(await readAll(await bucket.get(key)));
  const ours = Object.entries(marker.objects).filter(([name]) => name.startsWith(prefix));
  return { ...marker, objects: Object.fromEntries(ours) };
}

export function writeMarker(bucket: S3, prefix: string, { hash, rows, objects }: Marker): Promise<void> {
  return bucket.put(markerKey(prefix), `${JSON.stringify({ prefix, hash, rows, objects }, null, 2)}\n`);
}

/** One object by its key. */
export async function findObject(bucket: S3, key: string): Promise<S3Object | undefined> {
  for await (const page of bucket.list(key, { limit: 1 })) return page.find((object) => object.key === key);
  return undefined;
}

async function readAll(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): Marker {
  try {
    const value = JSON.parse(text) as Marker | null;
    return typeof value?.objects === 'object' && value.objects !== null ? value : nothing;
  } catch {
    return nothing;
  }
}
