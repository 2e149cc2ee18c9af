import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPart, toParts } from '../src/parts.mjs';

async function partsOf(rows, limit) {
  const parts = [];
  for await (const { name, lines, bytes } of toParts(rows, limit)) parts.push([name, lines.join(''), bytes]);
  return parts;
}

test('each day has a part of its own', async () => {
  const rows = [
    { day: '2018-01-31', line: 'a\n' },
    { day: '2018-01-31', line: 'b\n' },
    { day: '2018-02-01', line: 'ç\n' },
  ];
  assert.deepEqual(await partsOf(rows), [
    ['date=2018-01-31/part-0000.ndjson', 'a\nb\n', 4],
    ['date=2018-02-01/part-0000.ndjson', 'ç\n', 3],
  ]);
});

test('a day that is too large has several parts, and the next day starts again at zero', async () => {
  const rows = ['a\n', 'b\n', 'c\n'].map((line) => ({ day: '2018-01-31', line }));
  assert.deepEqual(await partsOf([...rows, { day: '2018-02-01', line: 'd\n' }], 4), [
    ['date=2018-01-31/part-0000.ndjson', 'a\nb\n', 4],
    ['date=2018-01-31/part-0001.ndjson', 'c\n', 2],
    ['date=2018-02-01/part-0000.ndjson', 'd\n', 2],
  ]);
});

test('a line longer than the limit is a part of its own', async () => {
  assert.deepEqual(await partsOf([{ day: '2018-01-31', line: 'long\n' }], 2), [
    ['date=2018-01-31/part-0000.ndjson', 'long\n', 5],
  ]);
});

test('no rows give no part', async () => {
  assert.deepEqual(await partsOf([]), []);
});

test('only names of our own making are parts', () => {
  assert.ok(isPart('date=2018-01-31/part-0000.ndjson'));
  assert.ok(isPart('date=unknown/part-12345.ndjson'));
  assert.ok(!isPart('date=2018-01-31/notes.txt'));
  assert.ok(!isPart('archive/date=2018-01-31/part-0000.ndjson'));
});
