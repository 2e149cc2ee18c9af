import type { Manifest, Source } from '../manifest/manifest.ts';
import type { ForeignDocument, ParsedManifests } from '../manifest/parse.ts';
import type { Path, Position } from '../manifest/problem.ts';
import { openJsonMemory } from './json-memory.ts';

/** Reads all manifests of a YAML text; see `parseManifests`. */
export type Parse = (text: string, file: string) => Promise<ParsedManifests>;

/** Parses and remembers nothing. */
export const parseAnew: Parse = async (text, file) => (await import('../manifest/parse.ts')).parseManifests(text, file);

/**
 * Parses, and remembers in a folder what a text without any problem held: loading YAML and the schemas takes longer than
 * most of what commands do with them. An entry is found by its text and dk's version alone, and so is never out of date.
 * Nothing is remembered where the folder's parent does not exist.
 */
export function openParseMemory(folder: string): Parse {
  const memory = openJsonMemory(folder);
  return async (text, file) => {
    const known = memory.recall(text);
    if (known) return restore(known as Entry, file);
    const parsed = await parseAnew(text, file);
    if (parsed.complete && parsed.problems.length === 0) await memory.remember(text, entryOf(parsed));
    return parsed;
  };
}

/** By path, segments joined by NUL: where its key stands, then where its value does. */
type Positions = Readonly<Record<string, readonly [Position, Position]>>;

interface Entry {
  readonly manifests: readonly { readonly kind: string; readonly value: unknown; readonly positions: Positions }[];
  readonly others: readonly Omit<ForeignDocument, 'file'>[];
}

function restore({ manifests, others }: Entry, file: string): ParsedManifests {
  return {
    manifests: manifests.map(({ kind, value, positions }) => {
      // It was valid when it was remembered, and nothing else has its hash.
      return { kind, value, source: sourceOf(file, positions) } as Manifest;
    }),
    others: others.map((other) => ({ ...other, file })),
    salvaged: [],
    complete: true,
    problems: [],
  };
}

function sourceOf(file: string, positions: Positions): Source {
  return {
    file,
    at(path, part) {
      for (let length = path.length; ; length--) {
        const found = positions[path.slice(0, length).join('\0')];
        if (found) return found[length === path.length && part === 'key' ? 0 : 1];
        if (length === 0) return { line: 1, column: 1 };
      }
    },
  };
}

function entryOf({ manifests, others }: ParsedManifests): Entry {
  return {
    manifests: manifests.map(({ kind, value, source }) => ({ kind, value, positions: positionsOf(source, value) })),
    others: others.map(({ file: _, ...other }) => other),
  };
}

function positionsOf(source: Source, value: unknown, path: Path = []): Positions {
  const here = { [path.join('\0')]: [source.at(path, 'key'), source.at(path)] as const };
  if (typeof value !== 'object' || value === null) return here;
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  const below = [...keys].map((key) =>
    positionsOf(source, (value as Record<string | number, unknown>)[key], [...path, key]),
  );
  return Object.assign(here, ...below);
}
