/** What a lookup found for `${KEY}`, and every place it searched, as messages name it. */
export interface LookedUp {
  readonly value?: string;
  readonly lookedAt: readonly string[];
}

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

/** The keys of a text, each once. */
export function keysOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(placeholder)].flatMap(([, key]) => key ?? []))];
}

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
  const fill = (text: string) => text.replace(placeholder, (whole, key: string) => found.get(key)?.value ?? whole);
  return {
    fields: Object.fromEntries(texts.map(([field, text]) => [field, fill(text)])),
    missing,
    substituted: texts.filter(([, text]) => keysOf(text).length > 0).map(([field]) => field),
  };
}
