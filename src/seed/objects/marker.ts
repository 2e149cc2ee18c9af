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
const markerKey = (dataset: string) => `.dk/seeds/${dataset}.json`;

/** The marker of a data set; of one that cannot be read nothing is known. */
export async function readMarker(bucket: S3, dataset: string, target: string): Promise<Marker> {
  const key = markerKey(dataset);
  if (!(await findObject(bucket, key))) return nothing;
  const { prefix, ...marker } = parse(await readAll(await bucket.get(key)));
  return prefix === target ? marker : nothing;
}

export function writeMarker(bucket: S3, dataset: string, target: string, marker: Marker): Promise<void> {
  return bucket.put(markerKey(dataset), `${JSON.stringify({ prefix: target, ...marker }, null, 2)}\n`);
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

function parse(text: string): Marker & { readonly prefix?: string } {
  try {
    const value = JSON.parse(text) as Marker & { prefix?: string };
    return typeof value?.objects === 'object' && value.objects !== null ? value : nothing;
  } catch {
    return nothing;
  }
}
