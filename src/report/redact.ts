import { Writable } from 'node:stream';
import type { SecretRegistry } from '../context.ts';

/** Shorter values would blank out ordinary words. */
const shortest = 5;
const mask = '***';

/** Every form in which a secret value might be printed: raw, base64 (padded or not), URL-encoded, JSON-escaped. */
export function secretForms(value: string): readonly string[] {
  if (value.length < shortest) return [];
  const base64 = Buffer.from(value).toString('base64');
  const json = JSON.stringify(value).slice(1, -1);
  const base64url = Buffer.from(value).toString('base64url');
  return [...new Set([value, base64, base64.replace(/=+$/, ''), base64url, encodeURIComponent(value), json])];
}

/** Replaces secrets in text that arrives in pieces; holds back only what may be the beginning of one. */
export interface Redactor {
  push(chunk: string): string;
  flush(): string;
}

export function createRedactor(secrets: Iterable<string>): Redactor {
  const forms = longestFirst(secrets);
  let held = '';
  return {
    push(chunk) {
      const text = replaceAll(held + chunk, forms);
      const keep = longestOpenEnd(text, forms);
      held = text.slice(text.length - keep);
      return text.slice(0, text.length - keep);
    },
    flush() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

export function createSecretRegistry(): SecretRegistry {
  const known = new Set<string>();
  let forms: readonly string[] = [];
  return {
    add(values) {
      const before = known.size;
      for (const value of values) known.add(value);
      if (known.size > before) forms = longestFirst(known);
    },
    redact: (text) => replaceAll(text, forms),
  };
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
    this.#target.write(this.#registry.redact(chunk.toString()), done);
  }
}

function longestFirst(secrets: Iterable<string>): readonly string[] {
  return [...new Set([...secrets].flatMap(secretForms))].sort((a, b) => b.length - a.length);
}

function replaceAll(text: string, forms: readonly string[]): string {
  return forms.reduce((result, form) => (result.includes(form) ? result.split(form).join(mask) : result), text);
}

/** Length of the longest end of the text that begins a secret. */
function longestOpenEnd(text: string, forms: readonly string[]): number {
  const longest = Math.min(text.length, (forms[0]?.length ?? 1) - 1);
  for (let length = longest; length > 0; length--) {
    const end = text.slice(text.length - length);
    if (forms.some((form) => form.startsWith(end))) return length;
  }
  return 0;
}
