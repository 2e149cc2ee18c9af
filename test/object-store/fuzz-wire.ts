import { below } from '../helpers/random.ts';
import { malformed, misframed } from './fuzz-damage.ts';
import { somePayload } from './fuzz-payload.ts';
import { type Draft, type Known, someDraft } from './fuzz-requests.ts';
import { chance, pick, type Random } from './fuzz-values.ts';
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
