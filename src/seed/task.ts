import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { folderOf } from '../data/folder.ts';
import { noWayTo } from '../data/look.ts';
import { type Place, placeIn } from '../data/place.ts';
import { tableOf } from '../data/table-name.ts';
import { Failure } from '../failure.ts';
import type { Source } from './source.ts';

/** One data set that is to be loaded into one place. */
export interface SeedTask {
  readonly place: Place;
  readonly sources: readonly Source[];
  /** The table, quoted, or what the keys of its objects begin with. */
  readonly target: string;
  /** SHA-256 in hex of all that decides what the target is to hold. */
  readonly hash: string;
  /** Of the sources. */
  readonly bytes: number;
  /** Whether the target is to be emptied, whatever is in it. */
  readonly clean: boolean;
}

export function planTask(place: Place, sources: readonly Source[], clean: boolean): SeedTask {
  const target = targetOf(place);
  const bytes = sources.reduce((sum, source) => sum + bytesOf(source), 0);
  return { place, sources, target, hash: hashOf(place, target, sources), bytes, clean };
}

/** Throws an invalid Failure where two data sets would replace each other's rows for ever. */
export function checkTargets(tasks: readonly SeedTask[]): void {
  const taken = new Map<string, SeedTask>();
  for (const task of tasks) {
    const where = `${task.place.store.dsn} ${task.target}`;
    const other = taken.get(where);
    if (other) throw sameTarget(other.place, task.place);
    taken.set(where, task);
  }
}

function targetOf(place: Place): string {
  switch (place.port.connector) {
    case 'postgres':
      return tableOf(place).quoted;
    case 's3':
      return folderOf(place);
    default:
      throw noWayTo(place.port.connector, place.manifest);
  }
}

function hashOf({ port }: Place, target: string, sources: readonly Source[]): string {
  const columns = port.schema.map(({ name, type }) => [name, type]);
  const contents = sources.map((source) =>
    source.kind === 'file' ? [basename(source.path), source.sha256] : source.rows,
  );
  return createHash('sha256')
    .update(JSON.stringify([target, port.format, columns, contents]))
    .digest('hex');
}

function bytesOf(source: Source): number {
  if (source.kind === 'file') return source.bytes;
  return source.rows.reduce((sum, row) => sum + Buffer.byteLength(JSON.stringify(row)), 0);
}

function sameTarget(one: Place, other: Place): Failure {
  return new Failure('invalid', {
    what: `Data sets ${one.port.dataset} and ${other.port.dataset} have seeds for the same place`,
    why: [one, other].map(({ manifest }) => placeIn(manifest, ['spec', 'dev', 'seed'])),
    next: 'Take the seed out of one of them, or give them other tables or prefixes',
  });
}
