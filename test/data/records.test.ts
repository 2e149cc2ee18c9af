import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { formatCsv } from '../../src/data/csv.ts';
import { type RowFormat, readRows } from '../../src/data/rows.ts';
import { longestRow } from '../../src/data/text-lines.ts';

/** Reads a text in pieces of so many bytes, which may cut characters in two. */
async function read(text: string, format: RowFormat, pieces: number) {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / pieces) }, (_, index) =>
    bytes.subarray(index * pieces, (index + 1) * pieces),
  );
  const found: { row: unknown; text: string; line: number }[] = [];
  for await (const row of readRows(Readable.from(chunks), format, 'file')) found.push(row);
  return found;
}

const inPieces = [1, 2, 7, 1000];

describe.each(inPieces)('in pieces of %i bytes', (pieces) => {
  test('the rows of a CSV file have their fields and lines', async () => {
    const text = '\uFEFFid,"na""me"\r\n1,plain\r\n2,"a, ""b""\nÅ🙂"\n3,\n4,""\n"5","x"';
    const rows = await read(text, 'csv', pieces);
    expect(rows.map(({ row, line }) => [line, row])).toEqual([
      [2, { id: '1', 'na"me': 'plain' }],
      [3, { id: '2', 'na"me': 'a, "b"\nÅ🙂' }],
      [5, { id: '3', 'na"me': '' }],
      [6, { id: '4', 'na"me': '' }],
      [7, { id: '5', 'na"me': 'x' }],
    ]);
  });

  test('the elements of a JSON array come as they are written', async () => {
    const elements = ['{"a": "],[}{\\"", "b": [1, {"c": []}]}', '{"n": 12345678901234567890.10}', '{}'];
    const rows = await read(` [\n${elements.join(',\n  ')}\n] \n`, 'json', pieces);
    expect(rows.map(({ text, line }) => [line, text])).toEqual(elements.map((element, index) => [index + 2, element]));
    expect(await read('[]', 'json', pieces)).toEqual([]);
  });

  test('NDJSON has a row a line, empty lines aside', async () => {
    const rows = await read('{"a":"Å\\n"}\r\n\n{"a":2}', 'ndjson', pieces);
    expect(rows.map(({ row, line }) => [line, row])).toEqual([
      [1, { a: 'Å\n' }],
      [3, { a: 2 }],
    ]);
  });
});

test.each([
  ['{"a": 1}', 'it is not an array of rows'],
  ['[{"a": 1}', 'the array does not end'],
  ['[{"a": "]', 'the array does not end'],
  ['[] []', 'something follows the array'],
  ['', 'the array does not end'],
])('%j is no JSON array: %s', async (text, why) => {
  await expect(read(text, 'json', 3)).rejects.toMatchObject({ kind: 'invalid', why: [why] });
});

test.each(['[,]', '[{},]', '[{},,{}]', '[{} {}]', '[nul]'])('%j has an element that is none', async (text) => {
  await expect(read(text, 'json', 3)).rejects.toMatchObject({ message: 'file:1: cannot be read as JSON' });
});

test('bytes that are not UTF-8 are refused by the name of the file', async () => {
  const rows = readRows(Readable.from([Buffer.of(0x7b, 0xff, 0x7d)]), 'ndjson', 'latin.ndjson');
  await expect(rows.next()).rejects.toMatchObject({ kind: 'invalid', message: 'latin.ndjson is not UTF-8 text' });
});

test.each(['ndjson', 'json', 'csv'] as const)('a row without an end is given up: %s', async (format) => {
  let sent = 0;
  async function* endless() {
    yield Buffer.from('["');
    for (;;) {
      sent += 1024 * 1024;
      yield Buffer.alloc(1024 * 1024, 'x');
    }
  }
  const rows = readRows(endless(), format, 'file');
  await expect(rows.next()).rejects.toMatchObject({ kind: 'invalid', message: 'file:1: a row without an end' });
  expect(sent).toBeLessThanOrEqual(longestRow + 2 * 1024 * 1024);
});

test('what is written as CSV is read back', async () => {
  const rows = [
    { a: 'x,"y"', b: ' padded ' },
    { a: 'two\nlines', b: '' },
    { a: 'Å', b: 'end' },
  ];
  const found = await read(formatCsv(['a', 'b'], rows), 'csv', 5);
  expect(found.map(({ row }) => row)).toEqual(rows);
});
