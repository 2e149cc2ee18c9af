import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunRecord } from '../../src/launch/record.ts';
import { findRun, keptRecords, openRecords, spareRecords } from '../../src/launch/records.ts';
import { newRunId } from '../../src/launch/run-folder.ts';
import { ownIdentity } from '../../src/tools/processes.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'dk-records-'));
});
afterEach(() => rm(state, { recursive: true }));

const start = Date.parse('2026-11-23T10:00:00Z');
const stranger = { pid: 1, startTime: 'of another boot' };

function recordAt(minute: number, changes: Partial<RunRecord> = {}): RunRecord {
  const startedAt = new Date(start + minute * 60_000);
  return {
    id: newRunId(changes.package ?? 'pg-to-s3', startedAt),
    package: 'pg-to-s3',
    version: '1.0.0',
    directory: '/packages/pg-to-s3',
    cell: null,
    environment: null,
    launch: 'process',
    status: 'succeeded',
    startedAt: startedAt.toISOString(),
    finishedAt: startedAt.toISOString(),
    exitCode: 0,
    signal: null,
    reason: null,
    process: null,
    container: null,
    job: null,
    kept: false,
    supervisor: null,
    ...changes,
  };
}

test("a state folder that cannot be made is the user's to mend, with the variable that names another", async () => {
  const file = join(state, 'file');
  await writeFile(file, '');
  await expect(openRecords(join(file, 'dk')).reserve('pg-to-s3-1')).rejects.toMatchObject({
    kind: 'prerequisite',
    message: `Runs cannot be kept in ${join(file, 'dk')}`,
    next: [expect.stringContaining('export XDG_STATE_HOME=')],
  });
});

test('the id of a run holds its package and its time, and sorts by it', () => {
  const id = newRunId('pg-to-s3', new Date('2026-11-23T10:11:12.345Z'));
  expect(id).toMatch(/^pg-to-s3-20261123-101112-[0-9a-f]{6}$/);
});

test('records are listed newest first, whatever their packages are called', async () => {
  const records = openRecords(state);
  expect(await records.list()).toEqual([]);
  const [a, b, c] = [recordAt(1, { package: 'zebra' }), recordAt(3, { package: 'ant' }), recordAt(2)];
  for (const record of [a, b, c]) await records.save(record);
  expect(await records.list()).toEqual([b, c, a]);
  await records.remove(b.id);
  expect(await records.get(b.id)).toBeUndefined();
  expect(await openRecords(state).list()).toEqual([c, a]);
});

test('a run is found by id, by package, or by the beginning of its id, the newest first', () => {
  const [old, recent, other] = [recordAt(1), recordAt(2), recordAt(3, { package: 'pg-to-s3-extra' })];
  const all = [other, recent, old];
  expect(findRun(all, old.id)).toBe(old);
  expect(findRun(all, 'pg-to-s3')).toBe(recent);
  expect(findRun(all, 'pg-to-s3-e')).toBe(other);
  expect(findRun(all, 'pg-to-s3-20261123-1001')).toBe(old);
  expect(findRun(all, 'nothing')).toBeUndefined();
});

test('a run that says it is running is lost when neither its process nor its supervisor lives', async () => {
  const records = openRecords(state);
  const alive = await ownIdentity();
  const statusOf = async (changes: Partial<RunRecord>) => {
    const record = recordAt(1, { status: 'running', finishedAt: null, exitCode: null, ...changes });
    await records.save(record);
    return (await records.get(record.id))?.status;
  };
  expect(await statusOf({ process: stranger, supervisor: stranger })).toBe('lost');
  expect(await statusOf({ process: null, supervisor: stranger })).toBe('lost');
  expect(await statusOf({ process: stranger, supervisor: alive })).toBe('running');
  expect(await statusOf({ process: alive, supervisor: stranger })).toBe('running');
  expect(await statusOf({ process: { ...alive, startTime: 'earlier' }, supervisor: stranger })).toBe('lost');
});

test('readers see whole records while one is written again and again', async () => {
  const records = openRecords(state);
  const record = recordAt(1);
  await records.save(record);
  let writing = true;
  const writer = (async () => {
    for (let code = 0; code < 100; code += 1)
      await records.save({ ...record, exitCode: code, version: 'v'.repeat(code * 100) });
    writing = false;
  })();
  let reads = 0;
  for (; writing; reads += 1) expect((await records.get(record.id))?.id).toBe(record.id);
  await writer;
  expect(reads).toBeGreaterThan(10);
  expect(await readdir(records.folder(record.id).directory)).toEqual(['record.json']);
});

test('records are private', async () => {
  const records = openRecords(join(state, 'dk'));
  const { id } = recordAt(1);
  const folder = await records.reserve(id);
  await records.save(recordAt(1, { id }));
  expect((await stat(folder.record)).mode & 0o777).toBe(0o600);
  for (const made of [join(state, 'dk'), join(state, 'dk', 'runs'), folder.directory, folder.private]) {
    expect((await stat(made)).mode & 0o777).toBe(0o700);
  }
});

test('the newest two hundred records are kept, and all that are running', async () => {
  const records = openRecords(state);
  const running = recordAt(0, { status: 'running', supervisor: await ownIdentity() });
  const ended = Array.from({ length: keptRecords + spareRecords + 2 }, (_, index) => recordAt(index + 1));
  await Promise.all([running, ...ended].map(records.save));
  await records.prune(new Date(start));
  const left = await records.list();
  expect(left).toHaveLength(keptRecords + 1);
  expect(left.at(-1)).toEqual(running);
  expect(left.at(-2)).toEqual(ended[spareRecords + 2]);
});

test('a folder without a record is left to whoever prepares it, and removed when it is a day old', async () => {
  const records = openRecords(state);
  const [fresh, stale] = [await records.reserve('fresh'), await records.reserve('stale')];
  const now = new Date();
  const dayBefore = new Date(now.getTime() - 25 * 60 * 60 * 1000);
  await utimes(stale.directory, dayBefore, dayBefore);
  await records.prune(now);
  expect(await readdir(join(state, 'runs'))).toEqual(['fresh']);
  expect((await stat(fresh.private)).isDirectory()).toBe(true);
});

test('a record that is not one is named, with the command that removes it', async () => {
  const records = openRecords(state);
  const folder = await records.reserve('broken');
  await mkdir(folder.directory, { recursive: true });
  await writeFile(folder.record, '{"id":');
  await expect(records.list()).rejects.toMatchObject({ kind: 'unhealthy', next: [`rm -r ${folder.directory}`] });
  expect(await readFile(folder.record, 'utf8')).toBe('{"id":');
});
