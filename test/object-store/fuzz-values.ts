import { below } from '../helpers/random.ts';

export type Random = () => number;

/** One of the items. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[below(random, items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

/** Whether something that happens in so many of a hundred cases does. */
export function chance(random: Random, percent: number): boolean {
  return random() * 100 < percent;
}

/** So many random bytes. */
export function bytes(random: Random, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => below(random, 256)));
}

/** A text with some bytes replaced, left out or doubled. */
export function damaged(random: Random, text: Buffer): Buffer {
  const at = below(random, text.length + 1);
  switch (below(random, 4)) {
    case 0:
      return Buffer.concat([text.subarray(0, at), bytes(random, 1 + below(random, 8)), text.subarray(at + 1)]);
    case 1:
      return text.subarray(0, at);
    case 2:
      return Buffer.concat([text.subarray(0, at), text.subarray(Math.max(0, at - 40))]);
    default: {
      const flipped = Buffer.from(text);
      if (at < text.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << below(random, 8));
      return flipped;
    }
  }
}

/** Numbers as a query or header may have them, most of them wrong. */
export const oddNumbers = [
  ...[
    '',
    '0',
    '1',
    '2',
    '7',
    '1000',
    '1001',
    '10000',
    '10001',
    '-1',
    '-0',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    '007',
    ' 1',
    '1 ',
  ],
  ...['NaN', 'Infinity', '2147483648', '9007199254740993', '9'.repeat(30), '9'.repeat(400), '١'],
];

/** Texts for queries, percent-encoded. */
export const oddTexts = [
  ...[
    '',
    '%00',
    '%',
    '%4',
    '%zz',
    '%c3%28',
    '%c0%ae',
    '%ed%a0%80',
    '%ff',
    '%u0041',
    '+',
    '%20',
    '%2B',
    '%2e%2e%2f',
    '..',
    '/',
  ],
  ...[
    '*',
    '%22',
    '%3C%3E%26',
    ';',
    '=',
    '%F0%9F%98%80',
    '%E2%80%A8',
    '%EF%BF%BF',
    '%EF%BF%BE',
    '%0d%0aX-Injected:%20yes',
  ],
  ...['__proto__', 'constructor', 'toString', 'url', 'null', 'undefined', 'true', 'a'.repeat(3000), '%61'.repeat(900)],
];

/** Texts for headers, as they are sent. */
export const oddHeaders = [
  ...[
    '',
    ' ',
    ',',
    ';',
    '"',
    '""',
    '*',
    'x',
    'ü',
    '日本',
    '\u{1F600}',
    '\t',
    'a,b',
    'a, a',
    'x'.repeat(1500),
    'x'.repeat(3000),
  ],
  ...['=?UTF-8?B?4pyT?=', '%00', '%0d%0a', '${x}', '__proto__', 'null', '-1', '99999999999999999999', '\x7f', 'a\x7fb'],
];

const ranges = [
  ...[
    'bytes=0-',
    'bytes=0-0',
    'bytes=1-5',
    'bytes=-1',
    'bytes=-0',
    'bytes=5-1',
    'bytes=0-1,3-4',
    'bytes=-',
    'bytes=',
    'b=0-1',
  ],
  ...[
    `bytes=${'9'.repeat(400)}-`,
    `bytes=-${'9'.repeat(400)}`,
    `bytes=0-${'9'.repeat(20)}`,
    'bytes=999999-',
    'bytes=0-18446744073709551616',
  ],
];
const dates = [
  ...[
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    'yesterday',
    '0',
    '-1',
    '1e400',
    '+275761-01-01',
    '',
  ],
  ...['2026-01-01', '20260101T000000Z', 'Thu, 32 Foo 2026 99:99:99 GMT'],
];
const tags = ['*', '"*"', '""', '"d41d8cd98f00b204e9800998ecf8427e"', 'W/"x"', '"a","b"', ',', '"'.repeat(100)];
const checksums = [
  '',
  'AAAAAA==',
  'AAAA',
  'AAAAAAAAAAA=',
  '1B2M2Y8AsgTpgAmY7PhCfg==',
  'not base64!',
  `${'A'.repeat(43)}=`,
  'AAAAAA==-3',
];
const algorithms = ['CRC32', 'crc32c', 'CRC64NVME', 'SHA1', 'SHA256', 'MD5', 'SHA512', '', '__proto__'];

/** Headers that mean something to some operation, with values that are right somewhere. */
const knownHeaders: readonly (readonly [names: readonly string[], values: readonly string[]])[] = [
  [['range', 'x-amz-copy-source-range'], ranges],
  [['if-match', 'if-none-match', 'x-amz-copy-source-if-match', 'x-amz-copy-source-if-none-match'], tags],
  [['if-modified-since', 'if-unmodified-since', 'x-amz-copy-source-if-modified-since', 'date', 'expires'], dates],
  [['content-md5'], checksums],
  [
    ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256', 'md5', '__proto__'].map((name) => `x-amz-checksum-${name}`),
    checksums,
  ],
  [['x-amz-sdk-checksum-algorithm', 'x-amz-checksum-algorithm'], algorithms],
  [['x-amz-checksum-type'], ['COMPOSITE', 'FULL_OBJECT', 'full_object', '']],
  [['x-amz-checksum-mode'], ['ENABLED', 'enabled', 'x']],
  [['x-amz-trailer'], ['x-amz-checksum-crc32', 'x-amz-checksum-sha256', 'x-other', '']],
  [['x-amz-decoded-content-length', 'x-amz-mp-object-size'], oddNumbers],
  [
    ['x-amz-metadata-directive', 'x-amz-tagging-directive'],
    ['COPY', 'REPLACE', 'copy', ''],
  ],
  [['x-amz-meta-a', 'x-amz-meta-', 'x-amz-meta-__proto__', 'x-amz-meta-constructor', 'x-amz-meta-é'], oddHeaders],
  [
    ['content-type', 'cache-control', 'content-disposition', 'content-encoding', 'content-language'],
    [...oddHeaders, 'aws-chunked', 'gzip,aws-chunked'],
  ],
  [['x-amz-acl'], ['private', 'public-read', '']],
  [['x-amz-storage-class'], ['STANDARD', 'GLACIER']],
  [
    ['x-amz-tagging', 'x-amz-server-side-encryption', 'x-amz-object-lock-mode', 'x-amz-grant-read', 'x-amz-mfa'],
    oddHeaders,
  ],
  [
    ['x-amz-write-offset-bytes', 'x-amz-expected-bucket-owner', 'x-amz-request-payer', 'x-amz-security-token'],
    oddHeaders,
  ],
  [['expect'], ['100-continue', '100-Continue', '200-ok', '']],
  [['origin', 'user-agent', 'accept-encoding', 'referer', 'cookie', 'x-forwarded-for', 'te'], oddHeaders],
];

/** A header that may matter, with a value that may be right. */
export function someHeader(random: Random): [name: string, value: string] {
  const [names, values] = pick(random, knownHeaders);
  return [pick(random, names), pick(random, chance(random, 80) ? values : oddHeaders)];
}

const numbers = [
  'max-keys',
  'max-uploads',
  'max-parts',
  'max-buckets',
  'partNumber',
  'part-number-marker',
  'list-type',
  'X-Amz-Expires',
];
const subResources = [
  ...[
    'acl',
    'tagging',
    'versioning',
    'versions',
    'versionId',
    'lifecycle',
    'cors',
    'policy',
    'policyStatus',
    'website',
    'logging',
  ],
  ...[
    'notification',
    'replication',
    'encryption',
    'object-lock',
    'legal-hold',
    'retention',
    'torrent',
    'restore',
    'select',
  ],
  ...[
    'select-type',
    'attributes',
    'accelerate',
    'requestPayment',
    'ownershipControls',
    'publicAccessBlock',
    'analytics',
    'metrics',
  ],
  ...['inventory', 'intelligent-tiering', 'uploads', 'delete', 'location', 'session', 'append', 'renameObject', 'x-id'],
];
const texts = [
  ...[
    'prefix',
    'delimiter',
    'marker',
    'start-after',
    'continuation-token',
    'encoding-type',
    'fetch-owner',
    'key-marker',
  ],
  ...[
    'upload-id-marker',
    'uploadId',
    'response-content-type',
    'response-content-disposition',
    'response-expires',
    '__proto__',
  ],
  ...[
    'x-amz-meta-q',
    'x-amz-meta-a%20b',
    'x-amz-meta-%C3%A9',
    'X-Amz-Acl',
    'x-amz-copy-source',
    'x-amz-checksum-crc32',
    '',
  ],
];

/** A part of a query that may matter, encoded. */
export function someParameter(random: Random): string {
  switch (below(random, 3)) {
    case 0:
      return `${pick(random, numbers)}=${encodeURIComponent(pick(random, oddNumbers))}`;
    case 1:
      return pick(random, subResources) + pick(random, ['', '=', `=${pick(random, oddTexts)}`]);
    default:
      return `${pick(random, texts)}=${pick(random, oddTexts)}`;
  }
}
