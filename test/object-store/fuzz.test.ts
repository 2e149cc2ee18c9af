import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { below, createRandom } from '../helpers/random.ts';
import { bundleChild, startChild } from './child-process.ts';
import { type Answer, errorCode, faultIn, secret } from './fuzz-answer.ts';
import { askAndLeave, askOnce, Connection } from './fuzz-connection.ts';
import { fuzzBuckets, safeBucket, safeKeys } from './fuzz-paths.ts';
import { fuzzer, type Known } from './fuzz-requests.ts';
import { chance } from './fuzz-values.ts';
import { type Shot, someShot } from './fuzz-wire.ts';
import { connectTo, type Send } from './kill-client.ts';
import { accepted, completion } from './kill-writer.ts';
import { temporaryFolder } from './serving.ts';
import { expectSoundFolder } from './sound-folder.ts';

const requests = Number(process.env['DK_TEST_REQUESTS'] ?? (process.env['DK_TEST_EXHAUSTIVE'] ? 50_000 : 3000));
// The same each time, so that a failure is one of the change that is tested; another seed finds others.
const seed = Number(process.env['DK_TEST_SEED'] ?? 20_261_123);
const clients = 16;
const maximumMemory = 400;

test(`${requests} requests, few of them as they should be, leave the server as it was`, async () => {
  const place = await makePlace();
  const program = await bundleChild();
  const child = await startChild(program, place.data, {
    cwd: place.cwd,
    env: { PATH: process.env['PATH'], HOME: place.home, TMPDIR: place.tmp },
    server: { keysFile: place.keys, idleTimeout: 10_000 },
  });
  const { send, close } = connectTo(child.port);
  await prepare(send);
  const before = await safeObjects(send);
  close();

  const seen = await fuzz(child.port, child.hasExited).catch((error: unknown) => {
    throw new Error(`${error}; the server logged: ${child.log.slice(-20).join('\n')}`);
  });

  expect(child.hasExited(), 'the server lives').toBe(false);
  await child.memory();
  const memory = await peakMemory(child.pid);
  console.log(`fuzz: DK_TEST_SEED=${seed}, at most ${memory} MiB, ${tally(seen)}`);
  expect(child.log, 'what the server logged').toEqual([]);
  expect(memory, 'MiB at most').toBeLessThan(maximumMemory);
  const after = connectTo(child.port);
  expect(accepted(await after.send({ method: 'GET', target: '/minio/health/live' })).status).toBe(200);
  expect(await safeObjects(after.send)).toEqual(before);
  after.close();
  for (const folder of [place.cwd, place.home, place.tmp]) expect(await readdir(folder)).toEqual([]);
  expectDepth(seen);

  await child.kill();
  const again = await startChild(program, place.data);
  const reader = connectTo(again.port);
  expect(await safeObjects(reader.send)).toEqual(before);
  reader.close();
  await expectSoundFolder(place.data);
  expect(again.log).toEqual([]);
}, 1_800_000);

/** A folder for each thing that the server may write to, and some in which it has no business. */
async function makePlace() {
  const folder = await temporaryFolder();
  const [data, cwd, home, tmp] = ['data', 'cwd', 'home', 'tmp'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const path of [data, cwd, home, tmp]) await mkdir(path, { mode: 0o700 });
  const keys = join(folder, 'keys.json');
  await writeFile(keys, JSON.stringify({ keys: [{ ...fuzzer, buckets: fuzzBuckets }] }));
  return { data, cwd, home, tmp, keys };
}

async function prepare(send: Send): Promise<void> {
  for (const bucket of [safeBucket, 'fuzz-a', 'fuzz-b']) accepted(await send({ method: 'PUT', target: `/${bucket}` }));
  for (let index = 0; index < 8; index++) await send({ method: 'PUT', target: `/fuzz-a/k${index}`, body: `${index}` });
  const [inline = '', blob = '', parts = '', odd = ''] = safeKeys.map((key) => `/${safeBucket}/${encodeURI(key)}`);
  accepted(await send({ method: 'PUT', target: inline, body: secret, headers: { 'x-amz-meta-a': 'b' } }));
  accepted(await send({ method: 'PUT', target: blob, body: Buffer.alloc(300_000, secret) }));
  accepted(await send({ method: 'PUT', target: odd, body: `${secret} too` }));
  const begun = accepted(await send({ method: 'POST', target: `${parts}?uploads=` }));
  const id = /<UploadId>(\w+)</.exec(begun.body.toString())?.[1];
  const part = await send({
    method: 'PUT',
    target: `${parts}?partNumber=1&uploadId=${id}`,
    body: `${secret} in parts`,
  });
  const etag = accepted(part).headers.etag ?? '';
  accepted(await send({ method: 'POST', target: `${parts}?uploadId=${id}`, body: completion([etag]) }));
}

/** All that is told of the objects that must stay. */
async function safeObjects(send: Send): Promise<unknown[]> {
  const objects = safeKeys.map(async (key) => {
    const { body, headers } = accepted(await send({ method: 'GET', target: `/${safeBucket}/${encodeURI(key)}` }));
    return { key, body, etag: headers.etag, modified: headers['last-modified'], metadata: headers['x-amz-meta-a'] };
  });
  const listing = accepted(await send({ method: 'GET', target: `/${safeBucket}` })).body.toString();
  return [...(await Promise.all(objects)), listing];
}

/** Sends everything, several clients at once; tells how often which answer came. */
async function fuzz(port: number, hasExited: () => boolean): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  const known: Known = { uploads: [] };
  let next = 0;
  const client = async () => {
    const connection = new Connection(port);
    for (let index = next++; index < requests; index = next++) {
      const random = createRandom(seed + index * 7919);
      const shot = someShot(random, known, port);
      const results = await resultsOf(random, shot, { known, connection }).catch((error: unknown) => {
        next = requests;
        const state = hasExited() ? 'the server is gone' : 'the server lives';
        const sent = `request ${index}, as Latin-1: ${printed(shot.bytes)}; before it: ${printed(connection.before.subarray(-3000))}`;
        throw new Error(`${error} (${state}; DK_TEST_SEED=${seed}, ${sent})`);
      });
      for (const result of results) seen.set(result, (seen.get(result) ?? 0) + 1);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: clients }, client));
  return seen;
}

/** The codes or statuses of what is answered; fails where an answer is not as it must be. */
async function resultsOf(
  random: () => number,
  shot: Shot,
  { known, connection }: { known: Known; connection: Connection },
): Promise<string[]> {
  const answers = await fire(random, shot, connection);
  return answers.map((answer) => {
    const fault = faultIn(answer, shot);
    if (fault !== undefined) throw new Error(`${fault}: ${answer.status} ${answer.body.toString('utf8', 0, 2000)}`);
    learn(known, shot, answer);
    return errorCode(answer.body) ?? String(answer.status);
  });
}

async function fire(random: () => number, shot: Shot, connection: Connection): Promise<readonly Answer[]> {
  if (chance(random, 1)) return await askAndLeave(connection.port, shot.bytes, below(random, 20));
  if (!shot.isWhole) return await askOnce(connection.port, shot.bytes);
  return [await connection.ask(shot.bytes, shot.method === 'HEAD')];
}

function printed(bytes: Buffer): string {
  const text = JSON.stringify(bytes.toString('latin1')).replace(
    /[\x7f-\xff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length > 8000 ? `${text.slice(0, 8000)}… (${bytes.length} bytes)` : text;
}

/** Keeps some uploads to go on with. */
function learn({ uploads }: Known, shot: Shot, { status, headers, body }: Answer): void {
  const id = /<InitiateMultipartUploadResult.*<UploadId>(\w+)</.exec(body.toString('latin1', 0, 5000))?.[1];
  if (id !== undefined) uploads.push({ path: shot.path, id, etag: '' });
  if (uploads.length > 30) uploads.shift();
  const part = status === 200 ? /partNumber=1&uploadId=(\w+)/.exec(shot.query)?.[1] : undefined;
  const upload = uploads.find((candidate) => candidate.id === part);
  if (upload !== undefined && headers.has('etag')) upload.etag = headers.get('etag') ?? '';
}

/** The most memory that the process ever had, in MiB; none where the system does not tell. */
async function peakMemory(pid: number): Promise<number> {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return 0;
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(status, 'utf8'))?.[1]) / 1024);
}

function tally(seen: ReadonlyMap<string, number>): string {
  return [...seen]
    .sort(([, one], [, other]) => other - one)
    .map(([result, count]) => `${result} ${count}`)
    .join(', ');
}

/** A fuzz that nothing got past the first check of would show nothing. */
function expectDepth(seen: ReadonlyMap<string, number>): void {
  const share = (results: readonly string[]) =>
    results.reduce((sum, result) => sum + (seen.get(result) ?? 0), 0) / requests;
  expect(share(['200', '204', '206', '304']), 'the share of requests that were done').toBeGreaterThan(0.1);
  expect(seen.size, 'different answers').toBeGreaterThan(25);
}
