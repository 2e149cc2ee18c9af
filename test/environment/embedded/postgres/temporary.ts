import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, getuid } from 'node:process';
import { onTestFinished } from 'vitest';
import { openPostgres, type PostgresOptions } from '../../../../src/environment/embedded/postgres/postgres.ts';
import { findFreePort } from '../../../../src/tools/ports.ts';

export const isRoot = getuid?.() === 0;

/** What the steps of `dev up` hand on; keeps what was said. */
export function newProgress(signal = new AbortController().signal) {
  const said: string[] = [];
  return { signal, said, say: (what: string) => void said.push(what) };
}

/** Options for a PostgreSQL of its own, whose `remove` leaves nothing behind. */
export async function newOptions(changes: Partial<PostgresOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dk-postgres-'));
  const options: PostgresOptions = {
    directory: join(folder, 'postgres'),
    environmentId: randomUUID(),
    port: await freePort(),
    env,
    uid: getuid?.(),
    ...changes,
  };
  const remove = async () => {
    await openPostgres(options).destroy();
    await rm(folder, { recursive: true });
  };
  return { options, remove };
}

/** A PostgreSQL that is removed when the test has ended. */
export async function newPostgres(changes: Partial<PostgresOptions> = {}) {
  const { options, remove } = await newOptions(changes);
  onTestFinished(remove);
  return { options, postgres: openPostgres(options) };
}

/** Test files run at the same time: each begins to look somewhere else. */
export function freePort(): Promise<number> {
  return findFreePort(randomInt(20_000, 30_000));
}
