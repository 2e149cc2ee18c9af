import { resolve } from 'node:path';
import type { Problem } from '../manifest/problem.ts';
import { readIfThere } from '../tools/if-there.ts';
import type { SourceLines } from './listing.ts';

/** Reads once more the files whose problems may be quoted. */
export function readSourceLines(problems: readonly Problem[], cwd: string): SourceLines {
  const files = [...new Set(problems.filter(({ secret }) => !secret).map(({ file }) => file))];
  const texts = files.map((file) => readIfThere(resolve(cwd, file)));
  const lines = texts.map((text) => text?.replace(/^\uFEFF/, '').split(/\r?\n/) ?? []);
  return new Map(files.map((file, index) => [file, lines[index] ?? []]));
}
