import { createHash } from 'node:crypto';
import { Failure } from '../failure.ts';
import type { S3Request } from './s3-request.ts';
import { elementsOf, encodeEntities, readXml, textOf } from './s3-xml.ts';

export interface S3Object {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
  /** Without quotes. */
  readonly etag: string;
}

export interface ListOptions {
  /** How many objects at most, over all pages. */
  readonly limit?: number;
  /** Only keys after this one. */
  readonly after?: string;
}

/** Sends a request and gives its answer as text. */
export type Done = (request: S3Request) => Promise<string>;

export const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** What S3 lists or deletes at once. */
const pageSize = 1000;

/** Pages of objects, each asked for when the one before has been used. */
export async function* listPages(
  done: Done,
  prefix: string,
  { limit = Number.POSITIVE_INFINITY, after }: ListOptions,
): AsyncGenerator<readonly S3Object[]> {
  let start: Record<string, string> = after === undefined ? {} : { 'start-after': after };
  for (let left = limit; left > 0; ) {
    const query = { 'list-type': '2', prefix, 'max-keys': String(Math.min(left, pageSize)), ...start };
    const answer = await readXml(await done({ method: 'GET', query }));
    const page = elementsOf(answer.Contents).map(objectOf);
    if (page.length > 0) yield page;
    const token = textOf(answer.NextContinuationToken);
    if (answer.IsTruncated !== 'true' || token === '') return;
    left -= page.length;
    start = { 'continuation-token': token };
  }
}

function objectOf({ Key, Size, LastModified, ETag }: Readonly<Record<string, unknown>>): S3Object {
  const etag = textOf(ETag).replaceAll('"', '');
  return { key: textOf(Key), size: Number(Size), modifiedAt: new Date(textOf(LastModified)), etag };
}

/** Deletes any number of objects; a Failure names those that could not be. */
export async function deleteObjects(done: Done, keys: readonly string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += pageSize) {
    await deletePage(done, keys.slice(start, start + pageSize));
  }
}

async function deletePage(done: Done, keys: readonly string[]): Promise<void> {
  const objects = keys.map((key) => `<Object><Key>${encodeEntities(checkKey(key))}</Key></Object>`).join('');
  const body = `<Delete xmlns="${namespace}"><Quiet>true</Quiet>${objects}</Delete>`;
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
  const errors = elementsOf(
    (await readXml(await done({ method: 'POST', query: { delete: '' }, headers, body }))).Error,
  );
  if (errors.length === 0) return;
  throw new Failure('unhealthy', {
    what: `${errors.length} of ${keys.length} objects could not be deleted`,
    why: errors.map(({ Key, Code, Message }) => `${textOf(Key)}: ${textOf(Code)}: ${textOf(Message)}`),
  });
}

/** Without a key the request would mean the bucket. */
export function checkKey(key: string): string {
  if (key === '') throw new Failure('invalid', { what: 'The key of an object cannot be empty' });
  return key;
}
