import { expect } from 'vitest';
import { elements, type Reply, type Send } from './kill-client.ts';
import { type Journal, nothing } from './kill-journal.ts';
import { accepted, bucket, completion, describe } from './kill-writer.ts';

/** Reads everything back and holds it against what was acknowledged; the journal knows afterwards what there is. */
export async function verify(send: Send, journal: Journal): Promise<void> {
  await verifyBuckets(send, journal);
  await verifyObjects(send, journal);
  await verifyUploads(send, journal);
}

/** What the name holds must be one of the things that it may hold. */
function settle(journal: Journal, name: string, held: string): void {
  const possible = journal.possible(name);
  expect(possible, `${name} holds what was acknowledged, or asked for and not answered`).toContain(held);
  journal.settle(name, held);
}

async function verifyBuckets(send: Send, journal: Journal): Promise<void> {
  const listed = elements(accepted(await send({ method: 'GET', target: '/' })), 'Bucket', 'Buckets');
  const names = new Set(listed.map(({ Name }) => Name ?? ''));
  for (const name of namesOf(journal, 'bucket'))
    settle(journal, `bucket ${name}`, names.delete(name) ? 'made' : nothing);
  expect([...names], 'no other buckets are listed').toEqual([bucket]);
}

async function verifyObjects(send: Send, journal: Journal): Promise<void> {
  const listed = elements(accepted(await send({ method: 'GET', target: `/${bucket}?list-type=2` })), 'Contents');
  const listing = new Map(listed.map(({ Key, Size, ETag }) => [Key, `${Size} bytes, etag ${ETag}`]));
  const keys = namesOf(journal, 'object');
  expect(keys, 'no other keys are listed').toEqual(expect.arrayContaining([...listing.keys()]));
  await Promise.all(
    keys.map(async (key) => {
      const target = `/${bucket}/${key}`;
      const [get, head] = await Promise.all([send({ method: 'GET', target }), send({ method: 'HEAD', target })]);
      expect(summaryOf(head), `HEAD of ${key} says what GET does`).toEqual(summaryOf(get));
      expect(listing.get(key), `the listing of ${key} says what GET does`).toEqual(summaryOf(get));
      settle(journal, `object ${key}`, heldIn(get));
    }),
  );
}

function summaryOf({ status, headers }: Reply): string | undefined {
  return status === 404 ? undefined : `${headers['content-length']} bytes, etag ${headers.etag}`;
}

function heldIn(get: Reply): string {
  if (get.status === 404) return nothing;
  const { headers, body } = accepted(get);
  expect(headers['content-type']).toBe('text/x-mark');
  return describe(body, headers.etag, String(headers['x-amz-meta-mark']));
}

/** Uploads that were begun are there with their parts; every other one is completed, the rest goes through another crash. */
async function verifyUploads(send: Send, journal: Journal): Promise<void> {
  const listed = elements(accepted(await send({ method: 'GET', target: `/${bucket}?uploads=` })), 'Upload');
  const names = new Set(listed.map(({ Key, UploadId }) => `${Key} ${UploadId}`));
  for (const [index, name] of namesOf(journal, 'upload').entries()) {
    const isCertain = journal.possible(`upload ${name}`).length === 1;
    settle(journal, `upload ${name}`, names.has(name) ? 'begun' : nothing);
    // Of one that is being ended, parts may be gone already.
    if (names.has(name) && isCertain) await verifyParts(send, journal, name);
    if (names.has(name) && (!isCertain || index % 2 === 0)) await end(send, journal, name);
    names.delete(name);
  }
  // Begun, but the answer never came.
  for (const name of names) await end(send, journal, name);
}

async function verifyParts(send: Send, journal: Journal, upload: string): Promise<void> {
  const parts = new Map((await partsOf(send, upload)).map(({ number, held }) => [`${upload} ${number}`, held]));
  for (const name of namesOf(journal, 'part').filter((other) => other.startsWith(`${upload} `))) {
    settle(journal, `part ${name}`, parts.get(name) ?? nothing);
    parts.delete(name);
  }
  expect([...parts.keys()], `${upload} has no other parts`).toEqual([]);
}

/** Completes the upload with its first part, or aborts it without one. */
async function end(send: Send, journal: Journal, upload: string): Promise<void> {
  const [key, id] = upload.split(' ');
  const target = `/${bucket}/${key}?uploadId=${id}`;
  const [first] = await partsOf(send, upload);
  journal.begin(`upload ${upload}`, nothing)();
  if (first?.number !== 1) {
    accepted(await send({ method: 'DELETE', target }));
    return;
  }
  const etag = first.held.split('"')[1] ?? '';
  accepted(await send({ method: 'POST', target, body: completion([etag]) }));
  const completed = accepted(await send({ method: 'GET', target: `/${bucket}/${key}` }));
  expect(`${completed.body.length} bytes`).toBe(first.held.split(',')[0]);
  journal.settle(`object ${key}`, heldIn(completed));
}

async function partsOf(send: Send, upload: string): Promise<{ number: number; held: string }[]> {
  const [key, id] = upload.split(' ');
  const reply = accepted(await send({ method: 'GET', target: `/${bucket}/${key}?uploadId=${id}` }));
  return elements(reply, 'Part').map(({ PartNumber, Size, ETag }) => ({
    number: Number(PartNumber),
    held: `${Size} bytes, etag ${ETag}`,
  }));
}

function namesOf(journal: Journal, kind: string): string[] {
  return journal
    .names()
    .filter((name) => name.startsWith(`${kind} `))
    .map((name) => name.slice(kind.length + 1));
}
