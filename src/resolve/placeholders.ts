import { isIPv6 } from 'node:net';
import type { LookedUp } from '../cells/secrets.ts';
import { encodePart } from './dsn.ts';

/** Finds the value of a key for one Store. */
export type LookUp = (key: string) => Promise<LookedUp>;

/** One `${KEY}` that nobody could resolve. */
export interface MissingKey {
  readonly field: string;
  readonly key: string;
  readonly lookedAt: readonly string[];
}

export interface Filled {
  readonly fields: Readonly<Record<string, string>>;
  readonly missing: readonly MissingKey[];
  /** Fields into which at least one value was put. */
  readonly substituted: readonly string[];
}

const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_.-]*)\}/g;

/** Replaces every `${KEY}` in scalar fields; each key is looked up once. All that is missing is reported. */
export async function fillFields(fields: Readonly<Record<string, unknown>>, lookUp: LookUp): Promise<Filled> {
  const texts = Object.entries(fields).map(([field, value]) => [field, String(value)] as const);
  const keys = [...new Set(texts.flatMap(([, text]) => keysOf(text)))];
  const found = new Map(await Promise.all(keys.map(async (key) => [key, await lookUp(key)] as const)));
  const missing = texts.flatMap(([field, text]) =>
    keysOf(text)
      .filter((key) => found.get(key)?.value === undefined)
      .map((key) => ({ field, key, lookedAt: found.get(key)?.lookedAt ?? [] })),
  );
  const valueFor = (key: string) => found.get(key)?.value;
  return {
    fields: Object.fromEntries(texts.map(([field, text]) => [field, fillText(text, valueFor)])),
    missing,
    substituted: texts.filter(([, text]) => keysOf(text).length > 0).map(([field]) => field),
  };
}

/** The keys of a text, each once. */
export function keysOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(placeholder)].flatMap(([, key]) => key ?? []))];
}

/** Whether a text is `${KEY}` and nothing else: a value that was found nowhere. */
export function isPlaceholder(text: string): boolean {
  const [key] = keysOf(text);
  return text === `\${${key}}`;
}

type ValueFor = (key: string) => string | undefined;

/** A value that becomes part of a URL is encoded, unless it is its host or port; one that is the whole text is not. */
function fillText(text: string, valueFor: ValueFor): string {
  const [, scheme, login = '', address = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)([^@/?#]*@)?([^/?#]*)(.*)$/is.exec(text) ?? [];
  if (scheme === undefined) return fill(text, valueFor);
  const encoded = (part: string) => fill(part, (key) => mapped(valueFor(key), encodePart));
  const host = fill(address, (key) => mapped(valueFor(key), inBrackets));
  return `${scheme}${encoded(login)}${host}${encoded(rest)}`;
}

function mapped(value: string | undefined, change: (value: string) => string): string | undefined {
  return value === undefined ? undefined : change(value);
}

/** An IPv6 address as a URL has it. */
function inBrackets(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

function fill(text: string, valueFor: ValueFor): string {
  return text.replace(placeholder, (whole, key: string) => valueFor(key) ?? whole);
}
