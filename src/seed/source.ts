import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { placeIn } from '../data/place.ts';
import type { Row } from '../data/rows.ts';
import { Failure } from '../failure.ts';
import { shownPath } from '../package/read-manifests.ts';
import type { ChosenSeed } from './choose.ts';

/** Rows that stand in the manifest. */
export interface InlineSource {
  readonly kind: 'inline';
  readonly rows: readonly Row[];
  /** Where a row stands, for messages. */
  readonly placeOf: (index: number) => string;
}

/** A file of the package. */
export interface FileSource {
  readonly kind: 'file';
  /** Absolute. */
  readonly path: string;
  /** As messages name it. */
  readonly shown: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Where the rows of one seed come from; what both hold is loaded, the file first. */
export type Source = FileSource | InlineSource;

interface Options {
  /** The package's folder, absolute. */
  readonly directory: string;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** Looks at the sources of a seed, and reads its file once to know its content. */
export async function openSources(chosen: ChosenSeed, options: Options): Promise<readonly Source[]> {
  const { manifest, seed, path } = chosen;
  const rows = seed.inline;
  const placeOf = (index: number) => placeIn(manifest, [...path, 'inline', index]);
  return [
    ...(seed.file === undefined ? [] : [await openFile(chosen, seed.file, options)]),
    ...(rows === undefined ? [] : [{ kind: 'inline' as const, rows, placeOf }]),
  ];
}

async function openFile(chosen: ChosenSeed, file: string, { directory, cwd, signal }: Options): Promise<FileSource> {
  const path = resolve(directory, file);
  const size = await sizeWithin(directory, path).catch((error: unknown) => {
    throw unusable(chosen, file, error);
  });
  if (size === undefined) throw unusable(chosen, file, 'it is not a file inside the package');
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw unusable(chosen, file, error);
  });
  return { kind: 'file', path, shown: shownPath(path, cwd), bytes: size, sha256: hash.digest('hex') };
}

/** The size of a file that really is in the folder, whatever links lead to it. */
async function sizeWithin(directory: string, path: string): Promise<number | undefined> {
  const within = relative(await realpath(directory), await realpath(path));
  if (isAbsolute(within) || within.split(sep)[0] === '..') return undefined;
  const found = await stat(path);
  return found.isFile() ? found.size : undefined;
}

function unusable({ manifest, path }: ChosenSeed, file: string, cause: unknown): Failure {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure(missing ? 'notFound' : 'invalid', {
    what: `${placeIn(manifest, [...path, 'file'])}: the seed file ${file} cannot be used`,
    why: missing ? 'there is no such file in the package' : why,
    next: 'Put the file into the folder of the package, and name it from there',
    cause,
  });
}
