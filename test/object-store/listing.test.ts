import { expect, test } from 'vitest';
import { list } from '../../src/object-store/storage/listing.ts';
import { SortedMap } from '../../src/object-store/storage/sorted-map.ts';

const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

function mapOf(keys: readonly string[]): SortedMap<number> {
  const map = new SortedMap<number>();
  for (const [index, key] of keys.entries()) map.set(key, index);
  return map;
}

/** Deterministic, so that a failure can be seen again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

test('a sorted map agrees with a plain one through thousands of random changes', () => {
  const next = numbers(1);
  const map = new SortedMap<number>();
  const plain = new Map<string, number>();
  for (let step = 0; step < 20_000; step++) {
    const key = `${next(2) ? 'ü' : 'k'}${next(6000)}`;
    if (next(3) === 0) {
      map.delete(key);
      plain.delete(key);
    } else {
      map.set(key, step);
      plain.set(key, step);
    }
  }
  expect(map.size).toBe(plain.size);
  const listed = list(map, { prefix: '', delimiter: '', after: '', maximum: Number.POSITIVE_INFINITY }).entries;
  expect(listed.map(({ key, value }) => [key, value])).toEqual(
    [...plain].sort(([one], [other]) => byBytes(one, other)),
  );
});

test('keys come in the order of their UTF-8 bytes, not of their UTF-16 units', () => {
  const keys = ['\u{1F600}', '\uFFFD', 'z', 'a', 'Z', 'a/', 'a.', 'ab', '\u0000'];
  const { entries } = list(mapOf(keys), { prefix: '', delimiter: '', after: '', maximum: 100 });
  expect(entries.map(({ key }) => key)).toEqual(['\u0000', 'Z', 'a', 'a.', 'a/', 'ab', 'z', '\uFFFD', '\u{1F600}']);
});

/** What a listing is, told as simply as possible. */
function naive(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const items = [...keys]
    .sort(byBytes)
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? `key ${key}` : `prefix ${key.slice(0, at + delimiter.length)}`;
    });
  return [...new Set(items)];
}

function paged(map: SortedMap<number>, prefix: string, delimiter: string, maximum: number): string[] {
  const items: string[] = [];
  let after = '';
  for (;;) {
    const page = list(map, { prefix, delimiter, after, maximum });
    expect(page.entries.length + page.commonPrefixes.length).toBeLessThanOrEqual(maximum);
    const keys = page.entries.map(({ key }) => ({ name: key, item: `key ${key}` }));
    const prefixes = page.commonPrefixes.map((name) => ({ name, item: `prefix ${name}` }));
    items.push(...[...keys, ...prefixes].sort((one, other) => byBytes(one.name, other.name)).map(({ item }) => item));
    if (page.next === undefined) return items;
    after = page.next;
  }
}

test.each([
  ['', ''],
  ['', '/'],
  ['a', '/'],
  ['a/', '/'],
  ['a/b', '/'],
  ['', 'b/'],
  ['ü', 'ü'],
  ['nothing', '/'],
])('pages of every size add up to the whole listing of prefix "%s" by "%s"', (prefix, delimiter) => {
  const next = numbers(7);
  const letters = ['a', 'b', '/', 'ü'];
  const keys = Array.from({ length: 400 }, () =>
    Array.from({ length: 1 + next(6) }, () => letters[next(letters.length)]).join(''),
  );
  const map = mapOf(keys);
  for (const maximum of [1, 2, 3, 7, 1000]) {
    expect(paged(map, prefix, delimiter, maximum)).toEqual(naive(keys, prefix, delimiter));
  }
});

test('a listing may begin after a key that is not there', () => {
  const map = mapOf(['a', 'b/1', 'b/2', 'c']);
  const from = (after: string, delimiter = '') => {
    const { entries, commonPrefixes } = list(map, { prefix: '', delimiter, after, maximum: 10 });
    return [...entries.map(({ key }) => key), ...commonPrefixes];
  };
  expect(from('aa')).toEqual(['b/1', 'b/2', 'c']);
  expect(from('b/1')).toEqual(['b/2', 'c']);
  expect(from('b/1', '/')).toEqual(['c', 'b/']);
  expect(from('b/', '/')).toEqual(['c']);
  expect(from('zz')).toEqual([]);
});

test('a page of nothing is whole', () => {
  expect(list(mapOf(['a']), { prefix: '', delimiter: '', after: '', maximum: 0 })).toEqual({
    entries: [],
    commonPrefixes: [],
    next: undefined,
  });
});
