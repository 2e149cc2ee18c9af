import { below } from '../helpers/random.ts';
import { chance, pick, type Random } from './fuzz-values.ts';

export const fuzzBuckets = ['fuzz-a', 'fuzz-b', 'fuzz-new-0', 'fuzz-new-1', 'fuzz-new-2'];
/** Has objects that must be there, whole, at the end: the fuzz reads it with the root key, and tries all else with its own. */
export const safeBucket = 'safe';
export const safeKeys = ['inline', 'blob', 'parts', 'a/b/odd ключ'];

/** The path of a bucket, now and then an odd one. */
export function bucketPath(random: Random): string {
  const name = pick(random, chance(random, 6) ? oddBuckets : buckets);
  return `/${name}${chance(random, 20) ? '/' : ''}`;
}

/** The path of an object, in a quarter of the cases an odd one. */
export function objectPath(random: Random): string {
  const bucket = pick(random, chance(random, 4) ? oddBuckets : buckets);
  const key = bucket === safeBucket ? encodeURI(pick(random, safeKeys)) : `k${below(random, 12)}`;
  return `${chance(random, 1) ? '//' : '/'}${bucket}/${chance(random, 25) ? pick(random, oddKeys) : key}`;
}

const buckets = [
  ...['fuzz-a', 'fuzz-a', 'fuzz-a', 'fuzz-a', 'fuzz-a', 'fuzz-a', 'fuzz-b', 'fuzz-b', ...fuzzBuckets, safeBucket],
];
const oddBuckets = [
  ...[
    '..',
    '.',
    '__proto__',
    'constructor',
    'A',
    'a',
    'x'.repeat(64),
    '%00',
    'fuzz-a%2f..%2fsafe',
    '',
    'no-such-bucket',
    '%2e%2e',
  ],
  ...[
    'buckets',
    'limbo',
    '127.0.0.1',
    'fuzz_a',
    'fuzz-a%20',
    '%C3%BC',
    '%ff',
    'minio',
    '%F0%9F%98%80',
    'safe%00',
    'fuzz-a%5c',
  ],
];
const oddKeys = [
  ...[
    '..',
    '../safe/inline',
    '%2e%2e/%2e%2e/safe/inline',
    '../../../../etc/passwd',
    '/',
    '//',
    'a//b',
    'a/',
    './a',
    'a/.',
    '%2F',
  ],
  ...[
    '%00',
    '%0a',
    'a%0d%0ab',
    '%01%7f',
    '%C3%A9',
    'e%CC%81',
    '%F0%9F%98%80',
    '%EF%BF%BF',
    '%E2%80%A8',
    '%C0%AE',
    '%ff',
    '%',
    '%zz',
  ],
  ...[
    'k'.repeat(1024),
    'k'.repeat(1025),
    '%C3%A9'.repeat(512),
    '%C3%A9'.repeat(513),
    '__proto__',
    'constructor',
    'bucket.json',
  ],
  ...[
    'upload.json',
    'a+b',
    'a%20b',
    'a%2Bb',
    "!'()*",
    '~',
    ';',
    ':',
    '@',
    '&',
    '=',
    '$',
    ',',
    'health/live',
    '%25',
    '%2525',
    '\\',
  ],
];
