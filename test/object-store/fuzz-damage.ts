import { below } from '../helpers/random.ts';
import { type Draft, fuzzer } from './fuzz-requests.ts';
import { bytes, damaged, pick, type Random } from './fuzz-values.ts';

/** An Authorization header that does not hold any more, made of one that did. */
export function malformed(random: Random, authorization: string): string {
  const odd = pick(random, [
    '',
    '/',
    '//////',
    'x',
    'é',
    '__proto__',
    ';',
    'host',
    'host;host',
    'constructor;host',
    'x'.repeat(2000),
  ]);
  switch (below(random, 6)) {
    case 0:
      return pick(random, others);
    case 1:
      return authorization.replace(/Signature=(\w)/, (_, digit: string) => `Signature=${digit === '0' ? '1' : '0'}`);
    case 2:
      return authorization.replace(/Signature=.*/, `Signature=${odd}`);
    case 3:
      return authorization.replace(/Credential=[^,]*/, `Credential=${odd}`);
    case 4:
      return authorization.replace(/SignedHeaders=[^,]*/, `SignedHeaders=${odd}`);
    default:
      return authorization.replace(
        /(\d{8})\/us-east-1/,
        pick(random, ['00000000/us-east-1', '$1/eu-west-1', '99999999/', 'x']),
      );
  }
}
const others = [
  ...[
    '',
    ' ',
    'Basic cm9vdDpyb290',
    'Bearer x',
    'AWS fuzzer:c2lnbmF0dXJl',
    'AWS :',
    'AWS',
    'AWS4-HMAC-SHA256',
    'AWS4-HMAC-SHA256 ,,,',
  ],
  ...[
    'AWS4-ECDSA-P256-SHA256 Credential=a/b/c',
    'AWS4-HMAC-SHA256 Credential',
    `AWS4-HMAC-SHA256 ${'a=b,'.repeat(1000)}`,
  ],
];
/** What is not, or not quite, HTTP. */
export function misframed(random: Random, draft: Draft, whole: Buffer): Buffer {
  const text = whole.toString('latin1');
  const edited = (from: string | RegExp, to: string) =>
    Buffer.from(
      text.replace(from, () => to),
      'latin1',
    );
  const withHeader = (line: string) => edited('\r\n', `\r\n${line}\r\n`);
  switch (below(random, 12)) {
    case 0:
      return edited(/content-length: .*/, `content-length: ${pick(random, oddLengths)}`);
    case 1:
      return withHeader(pick(random, oddFraming));
    case 2:
      return edited(/content-length: .*\r\n\r\n/, `transfer-encoding: chunked\r\n\r\n${pick(random, oddChunks)}`);
    case 3:
      return edited(
        /^\S+/,
        pick(random, ['get', 'CONNECT', 'TRACE', '', 'PRI', 'X'.repeat(100), 'GE\0T', 'PROPFIND', 'QUERY', 'é']),
      );
    case 4:
      return edited(/^(\S+) \S+/, `${draft.method} ${pick(random, oddTargets)}`);
    case 5:
      return edited(
        'HTTP/1.1',
        pick(random, ['HTTP/1.0', 'HTTP/0.9', 'HTTP/1.9', 'HTTP/2.0', 'http/1.1', '', 'HTTP/1.1 HTTP/1.1']),
      );
    case 6:
      return edited(/host: .*\r\n/, pick(random, ['', 'host: a\r\nhost: b\r\n', 'host: \r\n', 'host: é/../x\r\n']));
    case 7:
      return withHeader(pick(random, manyHeaders));
    case 8:
      return Buffer.concat([whole, pick(random, [whole, bytes(random, 30), Buffer.from('GET / HTTP/1.1\r\n')])]);
    case 9:
      return pick(random, [
        bytes(random, 200),
        Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1]),
        Buffer.alloc(70_000, 'A'),
        Buffer.from('\r\n\r\n\r\n'),
      ]);
    default:
      return damaged(random, whole);
  }
}
const oddLengths = [
  '',
  '-1',
  '+5',
  '1e3',
  '0x10',
  '5, 5',
  '5, 6',
  '1',
  '9',
  '100000',
  '9'.repeat(15),
  '9'.repeat(30),
  '5 5',
  '\0',
];
const oddFraming = [
  ...[
    'content-length: 5',
    'content-length: 0',
    'transfer-encoding: chunked',
    'transfer-encoding: identity',
    'transfer-encoding : chunked',
  ],
  ...[
    'transfer-encoding: xchunked',
    'transfer-encoding: chunked, identity',
    'transfer-encoding: gzip, chunked',
    'Transfer-Encoding:\tchunked',
  ],
  ...[
    'transfer-encoding: chunked\r\ntransfer-encoding: chunked',
    ' folded: x',
    'a: b\r\n c',
    'a: b\rc: d',
    'a: \0',
    ': x',
    'no colon',
  ],
  ...[
    'connection: close',
    'connection: upgrade\r\nupgrade: websocket',
    'connection: upgrade, http2-settings\r\nupgrade: h2c',
    'connection: x',
  ],
];
const oddChunks = [
  '5\r\nhello\r\n',
  '-1\r\n',
  'ffffffffffffffffff\r\n',
  '5\r\nhe',
  'x\r\n',
  '5;a=b\r\nhello\r\n0\r\n\r\n',
  '0\r\nx: y\r\n\r\n',
  '5\nhello\n0\n\n',
];
const oddTargets = [
  ...[
    '*',
    '',
    'http://127.0.0.1/fuzz-a/k0',
    'http://[::1',
    '//fuzz-a',
    'fuzz-a',
    '127.0.0.1:80',
    '/\0',
    '/é',
    '/ ',
    '/fuzz-a/k0#fragment',
  ],
  ...[`/${'x'.repeat(20_000)}`, '/minio/health/live?x', '/?', '/?&&&=&', '/\\..\\safe', '/fuzz-a/k0?a=b c'],
];
const manyHeaders = [
  `x-long: ${'x'.repeat(17_000)}`,
  Array.from({ length: 2500 }, (_, index) => `a${index % 7}:`).join('\r\n'),
  Array.from({ length: 100 }, (_, index) => `x-amz-meta-${index}: ${index}`).join('\r\n'),
  'x-amz-date: 20200101T000000Z',
  'x-amz-content-sha256: UNSIGNED-PAYLOAD',
  `authorization: AWS ${fuzzer.accessKeyId}:x`,
];
