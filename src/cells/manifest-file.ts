import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { ParsedManifests } from '../manifest/parse.ts';
import { problemText } from '../manifest/problem.ts';
import { namesIn, readIfThere } from '../tools/if-there.ts';
import type { Parse } from '../tools/parse-memory.ts';

/** A file of manifests, all of them valid. */
export interface ManifestFile extends Omit<ParsedManifests, 'problems'> {
  readonly file: string;
  readonly text: string;
}

/** Undefined where there is no file; a Failure names every problem with its place. */
export async function readManifestFile(file: string, parse: Parse): Promise<ManifestFile | undefined> {
  const text = readIfThere(file);
  return text === undefined ? undefined : { file, text, ...checkManifests(await parse(text, file), file) };
}

/** The YAML files of a folder, by name, without its subfolders. */
export async function readManifestFolder(folder: string, parse: Parse): Promise<readonly ManifestFile[]> {
  const names = namesIn(folder).filter(isManifestName);
  const files = await Promise.all(names.map((name) => readManifestFile(join(folder, name), parse)));
  return files.filter((file) => file !== undefined);
}

/** What kubectl reads, too. */
export function isManifestName(name: string): boolean {
  return /\.(ya?ml|json)$/.test(name);
}

function checkManifests(parsed: ParsedManifests, file: string): ParsedManifests {
  const errors = parsed.problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return parsed;
  throw new Failure('invalid', { what: `${file} is not valid`, why: errors.map(problemText), next: `dk lint ${file}` });
}
