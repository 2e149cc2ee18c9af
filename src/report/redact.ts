import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { SecretRegistry } from '../context.ts';
import { findSecrets, mask, maskSecrets, openEnd } from './mask.ts';

/** Shorter values would blank out ordinary words. */
const shortest = 5;

/** Every form in which a secret value might be printed: as it is, trimmed, base64, URL-encoded in either way, JSON-escaped. */
export function secretForms(value: string): readonly string[] {
  const forms = [value, value.trim()].flatMap((text) => [text, ...encodedForms(text)]);
  return [...new Set(forms.filter((form) => form.length >= shortest && value.length >= shortest))];
}

function encodedForms(value: string): readonly string[] {
  // Half a surrogate pair cannot be encoded; as bytes it has become something that can.
  const text = Buffer.from(value).toString();
  const base64 = Buffer.from(value).toString('base64');
  return [
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
    encodeURIComponent(text),
    new URLSearchParams({ '': text }).toString().slice(1),
    JSON.stringify(value).slice(1, -1),
  ];
}

/** Replaces secrets in text that arrives in pieces; holds back only what may be the beginning of one. */
export interface Redactor {
  push(chunk: string): string;
  flush(): string;
}

export function createRedactor(secrets: Iterable<string>): Redactor {
  const forms = formsOf(secrets);
  // The end of what has come: it may yet begin a secret. Its first `shown` characters are already shown, as a mask.
  let tail = '';
  let shown = 0;
  const take = (text: string, end: number) => {
    let result = '';
    let from = shown;
    for (const span of findSecrets(text, forms)) {
      if (span.end <= from || span.start >= end) continue;
      // A secret that begins in a mask is under that same mask.
      if (span.start >= from) result += text.slice(from, span.start) + mask;
      from = span.end;
    }
    if (from < end) result += text.slice(from, end);
    tail = text.slice(end);
    shown = Math.max(0, from - end);
    return result;
  };
  return {
    push(chunk) {
      const text = tail + chunk;
      return take(text, openEnd(text, forms));
    },
    flush: () => take(tail, tail.length),
  };
}

export function createSecretRegistry(): SecretRegistry {
  const known = new Set<string>();
  let forms: readonly string[] = [];
  return {
    add(values) {
      const before = known.size;
      for (const value of values) known.add(value);
      if (known.size > before) forms = formsOf(known);
    },
    redact: (text) => maskSecrets(text, forms),
  };
}

function formsOf(secrets: Iterable<string>): readonly string[] {
  return [...new Set([...secrets].flatMap(secretForms))];
}

type Terminal = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** A stream that redacts each write before it reaches the target; a secret is never split over two writes of ours. */
export class RedactingStream extends Writable {
  // Own properties, not getters: listr2 copies the stream's own properties.
  isTTY: boolean;
  columns: number;
  rows: number;
  readonly #target: Terminal;
  readonly #registry: SecretRegistry;
  readonly #decoder = new StringDecoder('utf8');

  constructor(target: Terminal, registry: SecretRegistry) {
    super({ decodeStrings: false });
    this.#target = target;
    this.#registry = registry;
    this.isTTY = target.isTTY === true;
    this.columns = target.columns ?? 80;
    this.rows = target.rows ?? 24;
    target.on('resize', () => {
      this.columns = target.columns ?? 80;
      this.rows = target.rows ?? 24;
      this.emit('resize');
    });
    target.on('error', (error) => this.destroy(error));
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.write(chunk);
    // Not kept back until the target says that it is written: on a terminal stdout and stderr would come out of order.
    if (this.#target.write(this.#registry.redact(text))) done();
    else this.#target.once('drain', () => done());
  }
}
