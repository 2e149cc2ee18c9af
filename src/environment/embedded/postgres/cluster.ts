import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../../failure.ts';
import { isThere } from '../../../tools/if-there.ts';
import { initdb } from './initdb.ts';
import { allDataOf, dataOf, homeOf, type Paths } from './paths.ts';
import { readClusterRecord, writeClusterRecord } from './record.ts';
import { makeCommonFolder, type Road } from './road.ts';
import type { Env } from './server-env.ts';

/** Whether there is a complete data folder and the record that opens it. */
export async function isInitialised(paths: Paths): Promise<boolean> {
  const record = await readClusterRecord(paths.record);
  return record !== undefined && isThere(join(dataOf(paths, record.road), 'PG_VERSION'));
}

/** Makes a data folder; what a run that was killed left of one is made anew. */
export async function initialise(paths: Paths, road: Road, env: Env, signal: AbortSignal): Promise<void> {
  await refuseStrayData(paths);
  const password = randomBytes(32).toString('base64url');
  await writeClusterRecord(paths.record, { road: road.name, password });
  const home = homeOf(paths, road.name);
  await (road.name === 'other-user' ? makeCommonFolder(home) : mkdir(home, { recursive: true, mode: 0o700 }));
  await removePartial(home);
  // Of a name of its own: initdb may outlive a dk that was killed, and goes on writing to where it was told.
  const partial = join(home, `${partialPrefix}${randomBytes(4).toString('hex')}`);
  await mkdir(partial, { mode: 0o700 });
  await initdb({ data: partial, password, log: paths.log }, road, env, signal);
  await rename(partial, dataOf(paths, road.name));
}

const partialPrefix = 'data.partial-';

async function refuseStrayData(paths: Paths): Promise<void> {
  for (const data of allDataOf(paths)) {
    if (!isThere(data)) continue;
    throw new Failure('conflict', {
      what: 'There is PostgreSQL data that nothing opens any more',
      why: `${data} exists, and ${paths.record}, which held its password, does not belong to it`,
      next: 'dk dev down --delete removes it with the environment',
    });
  }
}

async function removePartial(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(partialPrefix)) continue;
    await rm(join(home, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
