import { join, relative } from 'node:path';
import type { ParsedManifests } from '../manifest/parse.ts';
import { type Parse, parseAnew } from '../tools/parse-memory.ts';
import { readManifestFile } from './read-file.ts';

/** Where paths in problems begin. */
export interface ReadOptions {
  /** Absolute. */
  readonly cwd: string;
  /** Parses anew when absent. */
  readonly parse?: Parse | undefined;
}

/** Reads and parses one file, `path` being relative to the absolute `folder`; a file that is refused is one problem. */
export async function readManifests(
  folder: string,
  path: string,
  { cwd, parse = parseAnew }: ReadOptions,
): Promise<ParsedManifests> {
  const file = join(folder, path);
  const shown = shownPath(file, cwd);
  const content = readManifestFile(file, folder);
  if ('text' in content) return parse(content.text, shown);
  const problem = { severity: 'error', file: shown, position: { line: 1, column: 1 }, path: '' } as const;
  return {
    manifests: [],
    others: [],
    salvaged: [],
    complete: false,
    problems: [{ ...problem, message: content.refused }],
  };
}

/** As people write it: relative to where they are, unless it lies elsewhere. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}
