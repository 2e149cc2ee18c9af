import { chance, oddNumbers, pick, type Random } from './fuzz-values.ts';

/** A header that may matter, with a value that may be right. */
export function someHeader(random: Random): [name: string, value: string] {
  const [names, values] = pick(random, knownHeaders);
  return [pick(random, names), pick(random, chance(random, 80) ? values : oddHeaders)];
}
/** Texts for headers, as they are sent. */
const oddHeaders = [
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
