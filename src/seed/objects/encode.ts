import { basename } from 'node:path';
import { formatCsv } from '../../data/csv.ts';
import { type Place, placeIn } from '../../data/place.ts';
import { type Row, rowFormatOf } from '../../data/rows.ts';
import { Failure } from '../../failure.ts';
import type { FileSource, InlineSource, Source } from '../source.ts';
import type { SeedTask } from '../task.ts';

/** An object that a seed is to put. */
export type SeedObject = { readonly key: string } & (
  | { readonly file: FileSource }
  | { readonly text: string; readonly rows: number }
);

/** Files as they are; rows of the manifest in the data set's format. */
export function seedObjects({ place, target, sources }: SeedTask): readonly SeedObject[] {
  const objects = sources.map((source) => objectOf(place, target, source));
  const [first, second] = objects;
  if (first?.key !== second?.key || first === undefined) return objects;
  throw new Failure('invalid', {
    what: `${placeIn(place.manifest, ['spec', 'dev', 'seed'])}: two objects would be called ${first.key}`,
    next: 'Rename the seed file',
  });
}

function objectOf(place: Place, target: string, source: Source): SeedObject {
  if (source.kind === 'file') return fileObject(place, target, source);
  const format = place.port.format ?? 'ndjson';
  return { key: `${target}seed-0000.${format}`, text: encode(place, format, source), rows: source.rows.length };
}

/** Whoever reads the data set takes each object for what the contract says. */
function fileObject({ port, manifest }: Place, target: string, file: FileSource): SeedObject {
  const name = basename(file.path);
  if (port.format === undefined || name.endsWith(`.${port.format}`)) return { key: `${target}${name}`, file };
  const known = rowFormatOf(name);
  throw new Failure('invalid', {
    what: `${placeIn(manifest, ['spec', 'dev', 'seed'])}: ${file.shown} is not ${port.format}, the format of data set ${port.dataset}`,
    why: 'A file is put into a bucket as it is',
    next: `Convert the file to ${port.format}${known === undefined ? '' : `, or say "format: ${known}"`}`,
  });
}

function encode({ port, manifest }: Place, format: string, { rows }: InlineSource): string {
  switch (format) {
    case 'ndjson':
      return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    case 'json':
      return `[${rows.map((row) => `\n${JSON.stringify(row)}`).join(',')}\n]\n`;
    case 'csv':
      return formatCsv(columnsOf(port.schema, rows), rows);
    default:
      throw new Failure('invalid', {
        what: `${placeIn(manifest, ['spec', 'dev', 'seed'])}: dk does not write ${format}`,
        why: `The rows of data set ${port.dataset} stand in its manifest, and its format is ${format}`,
        next: `Name a .${format} file instead: dev.seed.file`,
      });
  }
}

function columnsOf(schema: readonly { readonly name: string }[], rows: readonly Row[]): readonly string[] {
  return [...new Set([...schema.map(({ name }) => name), ...rows.flatMap((row) => Object.keys(row))])];
}
