import { describe, expect, test } from 'vitest';
import { layOut } from '../../src/report/lay-out.ts';
import { formatAge, formatBytes, formatDuration, formatTable } from '../../src/report/table.ts';
import { clip, widthOf } from '../../src/report/width.ts';

const drawn = (columns: readonly string[], rows: readonly (readonly string[])[], room?: number) =>
  layOut(formatTable(columns, rows), room);

describe('a table', () => {
  test('aligns columns by two spaces and leaves no space at the ends of lines', () => {
    expect(
      drawn(
        ['NAME', 'READY'],
        [
          ['local', 'True'],
          ['canary', ''],
        ],
      ),
    ).toBe(['NAME    READY', 'local   True', 'canary'].join('\n'));
  });

  test('is its header without rows', () => {
    expect(drawn(['NAME', 'AGE'], [])).toBe('NAME  AGE');
  });

  test('fills up rows that are too short', () => {
    expect(drawn(['A', 'B', 'C'], [['1'], ['1', '2', '3']])).toBe(['A  B  C', '1', '1  2  3'].join('\n'));
  });

  test('aligns by the columns that a terminal shows: wide characters take two, combining ones none', () => {
    const rows = [
      ['東京', 'x'],
      ['👩‍👩‍👧', 'x'],
      ['e\u0301clair', 'x'],
    ];
    expect(drawn(['NAME', 'V'], rows).split('\n')).toEqual([
      'NAME    V',
      '東京    x',
      '👩‍👩‍👧      x',
      'e\u0301clair  x',
    ]);
  });

  test('writes line breaks and escape sequences out, so that a value cannot break the table', () => {
    expect(drawn(['A'], [['two\nlines\x1b[31m\x7f']])).toBe('A\ntwo\\nlines\\u001b[31m\\u007f');
  });

  test('has lines of its own within a text, and leaves the other lines as they are', () => {
    const text = ['before  it', formatTable(['A', 'B'], [['long', 'x']]), '', formatTable(['C', 'D'], []), 'after'];
    expect(layOut(text.join('\n'))).toBe('before  it\nA     B\nlong  x\n\nC  D\nafter');
  });

  test('is as wide as the terminal at most: what has several words goes on below', () => {
    const rows = [
      ['one', 'a few words', 'true'],
      ['two', 'word', 'false'],
    ];
    expect(drawn(['NAME', 'WHAT', 'READY'], rows, 24)).toBe(
      'NAME  WHAT         READY\none   a few words  true\ntwo   word         false',
    );
    expect(drawn(['NAME', 'WHAT', 'READY'], rows, 20)).toBe(
      'NAME  WHAT   READY\none   a few  true\n      words\ntwo   word   false',
    );
  });

  test('becomes a list where its words are too long for the terminal', () => {
    const rows = [
      ['one', 'an-address-of-one-word and another', 'true'],
      ['two', '', 'false'],
    ];
    expect(drawn(['NAME', 'WHAT', 'READY'], rows, 30)).toBe(
      'NAME   one\nWHAT   an-address-of-one-word\n       and another\nREADY  true\n\nNAME   two\nREADY  false',
    );
  });

  test('stays a header without rows, however narrow the terminal is', () => {
    expect(drawn(['NAME', 'NAMESPACE'], [], 5)).toBe('NAME  NAMESPACE');
  });
});

describe('widthOf and clip', () => {
  test.each([
    ['plain', 5],
    ['', 0],
    ['ünï', 3],
    ['한글', 4],
    ['ｆｕｌｌ', 8],
    ['🚀', 2],
    ['✔', 1],
  ])('%s takes %i columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['東京都', 5, '東京…'],
    ['東京都', 4, '東…'],
  ])('%s in %i columns is %s', (text, columns, clipped) => {
    expect(clip(text, columns)).toBe(clipped);
  });
});

describe('formatAge', () => {
  const now = new Date('2024-05-06T00:00:00Z');
  test.each([
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [7199, '119m'],
    [7200, '2h'],
    [172_799, '47h'],
    [172_800, '2d'],
    [-5, '0s'],
  ])('%i seconds ago is %s', (seconds, age) => {
    expect(formatAge(new Date(now.getTime() - seconds * 1000), now)).toBe(age);
  });

  test.each([undefined, new Date('nonsense')])('%s is unknown', (since) => {
    expect(formatAge(since, now)).toBe('<unknown>');
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0 ms'],
    [12.4, '12 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1400, '1.4 s'],
    [59_949, '59.9 s'],
    [59_960, '1 m 00 s'],
    [125_000, '2 m 05 s'],
    [3_599_400, '59 m 59 s'],
    [3_599_600, '1 h 00 m'],
    [7_500_000, '2 h 05 m'],
  ])('%f ms is %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('formatBytes', () => {
  test.each([
    [0, '0 B'],
    [312, '312 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [4096, '4.0 KiB'],
    [1_048_575, '1.0 MiB'],
    [1_258_291, '1.2 MiB'],
    [2 ** 30, '1.0 GiB'],
    [2 ** 40 * 5000, '5000.0 TiB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
