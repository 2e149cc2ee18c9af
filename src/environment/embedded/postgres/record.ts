import { readFile } from 'node:fs/promises';
import { Failure } from '../../../failure.ts';
import { writeAtomically } from '../../../tools/atomic-file.ts';
import type { RoadName } from './road.ts';

/** What is kept of a cluster, in a file of 0600; written before its data, so that data always has one. */
export interface ClusterRecord {
  /** How it was made, and therefore whose its data is. */
  readonly road: RoadName;
  /** The superuser's. */
  readonly password: string;
}

/** Undefined when there is none. */
export async function readClusterRecord(file: string): Promise<ClusterRecord | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const record = parse(text);
  if (record) return record;
  throw new Failure('conflict', {
    what: 'The record of the PostgreSQL server cannot be read',
    why: `${file} is not what dk writes`,
    next: 'Make the environment anew: dk dev down --delete && dk dev up',
  });
}

export async function writeClusterRecord(file: string, record: ClusterRecord): Promise<void> {
  await writeAtomically(file, `${JSON.stringify(record)}\n`);
}

function parse(text: string): ClusterRecord | undefined {
  try {
    const { road, password } = JSON.parse(text) as Partial<ClusterRecord>;
    const valid = road === 'direct' || road === 'user-namespace' || road === 'other-user';
    return valid && typeof password === 'string' ? { road, password } : undefined;
  } catch {
    return undefined;
  }
}
