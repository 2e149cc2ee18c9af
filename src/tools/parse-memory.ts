import { createHash } from 'node:crypto';
import { access, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest, Source } from '../manifest/manifest.ts';
import type { ForeignDocument, ParsedManifests } from '../manifest/parse.ts';
import type { Path, Position } from '../manifest/problem.ts';
import { version } from '../version.ts';
import { replaceFile } from './atomic-file.ts';

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
  return async (text, file) => {
    const entry = join(folder, `${createHash('sha256').update(`${version}\0${text}`).digest('hex')}.json`);
    const known = await readEntry(entry);
    if (known) return restore(known, file);
    const parsed = await parseAnew(text, file);
    if (parsed.complete && parsed.problems.length === 0) await remember(entry, parsed);
    return parsed;
  };
}

/** By path, segments joined by NUL: where its key stands, then where its value does. */
type Positions = Readonly<Record<string, readonly [Position, Position]>>;

interface Entry {
  readonly manifests: readonly { readonly kind: string; readonly value: unknown; readonly positions: Positions }[];
  readonly others: readonly Omit<ForeignDocument, 'file'>[];
}

/** Undefined for what is not there, and for what a full disk cut off. */
async function readEntry(file: string): Promise<Entry | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Entry;
  } catch {
    return undefined;
  }
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

/** More are of texts long edited away. */
const mostEntries = 500;

async function remember(file: string, { manifests, others }: ParsedManifests): Promise<void> {
  const folder = dirname(file);
  const placed = manifests.map(({ kind, value, source }) => ({ kind, value, positions: positionsOf(source, value) }));
  try {
    await access(dirname(folder));
    if ((await readdir(folder).catch(() => [])).length >= mostEntries)
      await rm(folder, { recursive: true, force: true });
    await replaceFile(
      file,
      JSON.stringify({ manifests: placed, others: others.map(({ file: _, ...other }) => other) }),
    );
  } catch {
    // What cannot be remembered is parsed again.
  }
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
