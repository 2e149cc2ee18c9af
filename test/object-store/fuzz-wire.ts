import { below } from '../helpers/random.ts';
import { somePayload } from './fuzz-payload.ts';
import { type Draft, fuzzer, type Known, someDraft } from './fuzz-requests.ts';
import { bytes, chance, damaged, pick, type Random } from './fuzz-values.ts';
import { root } from './serving.ts';
import { presigned, signed } from './signing.ts';

/** Bytes to send. */
export interface Shot {
  readonly bytes: Buffer;
  /** The method that was meant. */
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Nobody can have signed this: it must not get through. */
  readonly isForged: boolean;
  /** A whole request by HTTP's rules: it has one answer, and the connection is good for another one. */
  readonly isWhole: boolean;
  /** Signed with the root key. */
  readonly isRoot: boolean;
}

/** A request as it goes over the wire: in most cases signed as it must be, then perhaps damaged. */
export function someShot(random: Random, known: Known, port: number): Shot {
  const draft = someDraft(random, known);
  const kind = below(random, 100);
  if (kind < 66) return shot(draft, assemble(draft, inHeader(random, draft, port)));
  if (kind < 76) return shot(draft, inQuery(random, draft, port));
  if (kind < 88) return { ...shot(draft, assemble(draft, forged(random, draft, port))), isForged: true };
  return { ...shot(draft, misframed(random, draft, assemble(draft, inHeader(random, draft, port)))), isWhole: false };
}

function shot({ method, path, query, key }: Draft, bytes: Buffer): Shot {
  const head = bytes.subarray(0, bytes.indexOf('\r\n\r\n'));
  // Node takes neither a longer head nor this character.
  const isWhole = head.length < 16 * 1024 && !head.includes(0x7f);
  return { bytes, method, path, query, isForged: false, isWhole, isRoot: key === root };
}

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function assemble(draft: Draft, { headers, body }: Message): Buffer {
  const target = draft.query === '' ? draft.path : `${draft.path}?${draft.query}`;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${draft.method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}

function inHeader(
  random: Random,
  draft: Draft,
  port: number,
  signing: { key?: Draft['key']; at?: Date } = {},
): Message {
  const payload = somePayload(random, draft.body);
  const unsigned = {
    method: draft.method,
    target: canonicalTarget(draft),
    headers: { ...draft.headers, ...payload.headers },
  };
  const { headers, signature, sign } = signed(unsigned, {
    key: draft.key,
    ...signing,
    port,
    payloadHash: payload.hash,
  });
  const body = payload.frame(signature, sign);
  if (!chance(random, 15)) return { headers: { ...headers, 'content-length': String(body.length) }, body };
  const chunks = body.length === 0 ? '' : `${body.length.toString(16)}\r\n${body.toString('latin1')}\r\n`;
  return { headers: { ...headers, 'transfer-encoding': 'chunked' }, body: Buffer.from(`${chunks}0\r\n\r\n`, 'latin1') };
}

/** With a signature in the query, and half of the time with what else is Amazon's there too. */
function inQuery(random: Random, draft: Draft, port: number): Buffer {
  const moved = Object.entries(draft.headers).filter(([name]) => name.startsWith('x-amz-') && chance(random, 80));
  const names = moved.map(([name]) => name);
  const left = Object.fromEntries(Object.entries(draft.headers).filter(([name]) => !names.includes(name)));
  const parameters = moved.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const query = [draft.query, ...parameters].filter((part) => part !== '').join('&');
  const { method } = draft;
  const expires = chance(random, 95) ? 60 : pick(random, [0, -1, 604_801, Number.NaN, 1e21]);
  const target = presigned({ method, target: canonicalTarget({ ...draft, query }) }, { key: draft.key, port }, expires);
  const [path = '', signedQuery = ''] = target.split('?');
  const headers = { host: `127.0.0.1:${port}`, 'content-length': String(draft.body.length), ...left };
  return assemble({ ...draft, path, query: signedQuery }, { headers, body: draft.body });
}

/** Decoded and encoded anew, byte by byte, as the signature covers it; what cannot be decoded is left as it is. */
function canonicalTarget({ path, query }: Pick<Draft, 'path' | 'query'>): string {
  const canonicalPath = path.split('/').map(encoded).join('/');
  const pairs = query
    .replaceAll('+', '%20')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return `${encoded(name)}=${encoded(value.join('='))}`;
    });
  return pairs.length === 0 ? canonicalPath : `${canonicalPath}?${pairs.join('&')}`;
}

function encoded(text: string): string {
  const decoded = Buffer.from(
    text.replace(/%([0-9a-f]{2})|[^%]|%/gi, (whole, hex: string | undefined) =>
      hex === undefined ? Buffer.from(whole).toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );
  return [...decoded]
    .map((byte) => String.fromCharCode(byte))
    .map((character) =>
      /[\w.~-]/.test(character) ? character : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
}

/** What must not pass for a signature. */
function forged(random: Random, draft: Draft, port: number): Message {
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);
  const sign = (signing?: Parameters<typeof inHeader>[3]) => inHeader(random, draft, port, signing);
  switch (below(random, 8)) {
    case 0:
      return sign({ key: { ...draft.key, secretAccessKey: 'guessed' } });
    case 1:
      return sign({
        key: { ...draft.key, accessKeyId: pick(random, ['unknown', 'root/', '__proto__', 'é', '', 'x'.repeat(500)]) },
      });
    case 2:
      return sign({ at: minutes(pick(random, [-16, 16, -1e6, 1e6])) });
    case 3: {
      const { headers, body } = sign();
      const { authorization: _, ...unsigned } = headers as Record<string, string>;
      return { headers: unsigned, body };
    }
    default: {
      const { headers, body } = sign();
      return { headers: { ...headers, authorization: malformed(random, headers['authorization'] ?? '') }, body };
    }
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

function malformed(random: Random, authorization: string): string {
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

/** What is not, or not quite, HTTP. */
function misframed(random: Random, draft: Draft, whole: Buffer): Buffer {
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
