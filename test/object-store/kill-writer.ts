import { createHash } from 'node:crypto';
import { below } from '../helpers/random.ts';
import type { Reply, Send } from './kill-client.ts';
import { type Journal, nothing } from './kill-journal.ts';
import type { Unsigned } from './signing.ts';

// The journal's names: `object key`, `bucket name`, `upload key id`, `part key id number`.

/** Where the writers' objects are. */
export const bucket = 'lake';
const keys = Array.from({ length: 24 }, (_, index) => `k/${index}`);
const minimumPart = 5 * 1024 * 1024;

/** What a writer works with. */
export interface Load {
  readonly send: Send;
  readonly journal: Journal;
  readonly random: () => number;
  /** Numbers every content, so that no two are alike. */
  readonly nextContent: () => number;
  /** The objects that are copied, which nobody changes, and what a copy of each holds. */
  readonly copies: Map<string, string>;
  /** Called for each change that was acknowledged. */
  readonly acknowledged: () => void;
}

/** An object's bytes and what they are told apart by. */
interface Content {
  readonly body: Buffer;
  readonly md5: string;
  readonly mark: string;
}

/** Changes what the writers share until the server is gone. The error that ends it is thrown. */
export async function write(load: Load, writer: number): Promise<never> {
  for (;;) await change(load, writer);
}

async function change(load: Load, writer: number): Promise<void> {
  const key = keys[below(load.random, keys.length)] ?? '';
  switch (below(load.random, 12)) {
    case 0:
    case 1:
    case 2:
      return void (await put(load, key, below(load.random, 5000)));
    case 3:
    case 4:
      return void (await put(load, key, 130_000 + below(load.random, 1_000_000)));
    case 5:
      return await remove(load, [key]);
    case 6:
      return await remove(load, [key, keys[below(load.random, keys.length)] ?? '']);
    case 7:
      return await copy(load, key);
    case 8:
    case 9:
      return await upload(load, key, 'complete');
    case 10:
      return await upload(load, key, load.random() < 0.5 ? 'abort' : 'leave');
    default:
      return await changeBucket(load, `bin-${writer}`);
  }
}

async function put(load: Load, key: string, size: number): Promise<string> {
  const { body, md5, mark } = makeContent(load, size);
  const held = describe(body, `"${md5}"`, mark);
  const headers = { 'x-amz-meta-mark': mark, 'content-type': 'text/x-mark' };
  await acknowledged(load, [[`object ${key}`, held]], { method: 'PUT', target: `/${bucket}/${key}`, headers, body });
  return held;
}

async function remove(load: Load, doomed: readonly string[]): Promise<void> {
  const changes = [...new Set(doomed)].map((key): [string, string] => [`object ${key}`, nothing]);
  if (doomed.length === 1) {
    await acknowledged(load, changes, { method: 'DELETE', target: `/${bucket}/${doomed[0]}` });
    return;
  }
  const body = `<Delete>${doomed.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`;
  const reply = await acknowledged(load, changes, { method: 'POST', target: `/${bucket}?delete=`, body });
  if (reply.body.includes('<Error>')) throw new Error(`not all was deleted: ${reply.body}`);
}

async function copy(load: Load, key: string): Promise<void> {
  const source = [...load.copies.keys()][below(load.random, load.copies.size)] ?? '';
  await acknowledged(load, [[`object ${key}`, load.copies.get(source) ?? nothing]], {
    method: 'PUT',
    target: `/${bucket}/${key}`,
    headers: { 'x-amz-copy-source': `/${bucket}/${source}` },
  });
}

async function changeBucket(load: Load, name: string): Promise<void> {
  const isThere = load.journal.possible(`bucket ${name}`).includes('made');
  const method = isThere ? 'DELETE' : 'PUT';
  await acknowledged(load, [[`bucket ${name}`, isThere ? nothing : 'made']], { method, target: `/${name}` });
}

/** Begins an upload, puts parts (one of them twice), and completes it, aborts it or leaves it as it is. */
async function upload(load: Load, key: string, end: 'complete' | 'abort' | 'leave'): Promise<void> {
  const id = await beginUpload(load, key);
  const isLong = below(load.random, 12) === 0;
  const sizes = isLong ? [minimumPart, 10] : [below(load.random, 300_000), below(load.random, 3000)];
  const parts: Content[] = [];
  for (const [index, size] of sizes.entries()) parts.push(await putPart(load, { key, id, number: index + 1 }, size));
  if (!isLong) parts[0] = await putPart(load, { key, id, number: 1 }, below(load.random, 3000));
  if (end === 'complete') await complete(load, { key, id }, isLong ? parts : parts.slice(0, 1));
  if (end === 'abort') await abort(load, key, id);
}

async function beginUpload(load: Load, key: string): Promise<string> {
  const target = `/${bucket}/${key}?uploads=`;
  const headers = { 'x-amz-meta-mark': `upload`, 'content-type': 'text/x-mark' };
  const reply = accepted(await load.send({ method: 'POST', target, headers }));
  const id = /<UploadId>(\w+)</.exec(reply.body.toString())?.[1] ?? '';
  load.journal.begin(`upload ${key} ${id}`, 'begun')();
  load.acknowledged();
  return id;
}

async function putPart(load: Load, part: { key: string; id: string; number: number }, size: number): Promise<Content> {
  const { key, id, number } = part;
  const content = makeContent(load, size);
  const target = `/${bucket}/${key}?partNumber=${number}&uploadId=${id}`;
  const held = `${size} bytes, etag "${content.md5}"`;
  await acknowledged(load, [[`part ${key} ${id} ${number}`, held]], { method: 'PUT', target, body: content.body });
  return content;
}

/** Completes an upload of those parts, numbered from 1. */
async function complete(load: Load, { key, id }: { key: string; id: string }, parts: readonly Content[]) {
  const body = Buffer.concat(parts.map((part) => part.body));
  const md5s = parts.map(({ md5 }) => Buffer.from(md5, 'hex'));
  const etag = `"${md5Of(Buffer.concat(md5s))}-${parts.length}"`;
  await acknowledged(
    load,
    [
      [`object ${key}`, describe(body, etag, 'upload')],
      [`upload ${key} ${id}`, nothing],
    ],
    { method: 'POST', target: `/${bucket}/${key}?uploadId=${id}`, body: completion(parts.map(({ md5 }) => md5)) },
  );
}

/** The document that completes an upload of parts with those ETags, numbered from 1. */
export function completion(etags: readonly string[]): string {
  const parts = etags.map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
  return `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
}

/** Puts the objects that are copied: one in its record, one in a file, and one in parts. */
export async function putSources(load: Load): Promise<void> {
  for (const [key, size] of [
    ['source/inline', 1000],
    ['source/blob', 200_000],
  ] as const)
    load.copies.set(key, await put(load, key, size));
  const key = 'source/parts';
  const id = await beginUpload(load, key);
  const parts = [await putPart(load, { key, id, number: 1 }, minimumPart)];
  parts.push(await putPart(load, { key, id, number: 2 }, 1000));
  await complete(load, { key, id }, parts);
  // A copy is in one piece, and so is its ETag.
  const body = Buffer.concat(parts.map((part) => part.body));
  load.copies.set(key, describe(body, `"${md5Of(body)}"`, 'upload'));
}

async function abort(load: Load, key: string, id: string): Promise<void> {
  const target = `/${bucket}/${key}?uploadId=${id}`;
  await acknowledged(load, [[`upload ${key} ${id}`, nothing]], { method: 'DELETE', target });
}

async function acknowledged(load: Load, changes: readonly [string, string][], unsigned: Unsigned): Promise<Reply> {
  const acknowledge = changes.map(([name, held]) => load.journal.begin(name, held));
  const reply = accepted(await load.send(unsigned));
  for (const tell of acknowledge) tell();
  load.acknowledged();
  return reply;
}

/** An answer that is no error: whatever is asked for here is right. */
export function accepted(reply: Reply): Reply {
  if (reply.status >= 300) throw new RefusedError(`${reply.status}: ${reply.body}`);
  return reply;
}

/** The server answered what it must not; that it is gone is another error. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

function makeContent(load: Load, size: number): Content {
  const mark = `content-${load.nextContent()}`;
  const body = Buffer.alloc(size, `${mark} `);
  return { body, md5: md5Of(body), mark };
}

function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** All that is told of an object, in a line. */
export function describe(body: Buffer, etag: string | undefined, mark: string): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `${body.length} bytes ${hash}, etag ${etag}, marked ${mark}`;
}
