import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { logs } from '../../src/commands/logs.ts';
import { launchRun } from '../../src/launch/launch-run.ts';
import { openOutput } from '../../src/launch/output.ts';
import { placesOfThisFile } from './places.ts';

const open = placesOfThisFile();

/** Writes the parts one after another, each when the one before was surely read by itself. */
const inParts = (...parts: string[]) => `
  const { setTimeout: pause } = require('node:timers/promises');
  (async () => {
    for (const part of ${JSON.stringify(parts)}) {
      process.stdout.write(Buffer.from(part, 'latin1'));
      await pause(60);
    }
  })();`;

test('a secret that comes in several chunks is in neither stream nor log', async () => {
  const place = await open({ 'src/main.js': inParts('dsn: postgresql://u:corr', 'ect-ho', 'rse@db', '/x\n') });
  const { record } = await place.launch({ run: { secretValues: ['correct-horse'] } });
  expect(place.stdout()).toBe('dsn: postgresql://u:***@db/x\n');
  expect(await readFile(place.records.folder(record.id).log, 'utf8')).not.toMatch(/correct|horse/);
});

test('what was held back as the beginning of a secret comes out when it is none', async () => {
  const place = await open({ 'src/main.js': inParts('corre', 'lation\n', 'correct-hor') });
  await place.launch({ run: { secretValues: ['correct-horse'] } });
  expect(place.stdout()).toBe('correlation\ncorrect-hor');
});

test('a letter of several bytes survives being cut', async () => {
  const place = await open({ 'src/main.js': inParts('gr\xc3', '\xbc\xc3\x9fe\n') });
  await place.launch();
  expect(place.stdout()).toBe('grüße\n');
});

test('logs replays both streams to the letter, an unfinished line too', async () => {
  const place = await open({ 'src/main.js': 'process.stdout.write("a\\n\\nb"); process.stderr.write("c\\r\\nd");' });
  const { record } = await place.launch();
  expect([place.stdout(), place.stderr()]).toEqual(['a\n\nb', 'c\r\nd']);
  await logs(place.context, { run: record.id, follow: false });
  expect([place.stdout(), place.stderr()]).toEqual(['a\n\nba\n\nb', 'c\r\ndc\r\nd']);
});

test('a reader that went away does not end the run, and the log goes on', async () => {
  const place = await open({ 'src/main.js': 'for (let i = 0; i < 5000; i += 1) console.log("line " + i)' });
  const gone = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const context = { ...place.context, stdout: gone };
  const launch = place.describe();
  const { record } = await launchRun(context, launch, { records: place.records, onlookers: context });
  expect(record.status).toBe('succeeded');
  expect(await readFile(place.records.folder(record.id).log, 'utf8')).toContain('line 4999');
});

test('a slow reader gets everything, after the package has ended too', async () => {
  const place = await open({ 'src/main.js': 'process.stdout.write("x".repeat(150_000))' });
  let read = 0;
  const slow = new Writable({
    decodeStrings: false,
    highWaterMark: 1,
    write: (chunk: string, _encoding, done) => {
      read += chunk.length;
      void delay(600).then(() => done());
    },
  });
  const context = { ...place.context, stdout: slow };
  await launchRun(context, place.describe(), { records: place.records, onlookers: context });
  expect(read).toBe(150_000);
});

test('a log that cannot be written is told of once and stops nobody', async () => {
  const told: string[] = [];
  const logFile = join(tmpdir(), 'dk-no-such-folder', 'output.log');
  const onLogError = (error: Error) => void told.push(error.message);
  const output = openOutput({ logFile, secrets: [], now: () => new Date(), onlookers: undefined, onLogError });
  await output.stderr(Buffer.from('one\n'));
  await output.stderr(Buffer.from('two\n'));
  expect(await output.close()).toEqual(['one', 'two']);
  expect(told).toEqual([expect.stringContaining('ENOENT')]);
});
