import { open, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { codeOf, orUndefined } from './missing.ts';

/** A holder renews its lock five times within this time: an older lock is that of a killed process. */
const staleMilliseconds = 2_500;
const patienceMilliseconds = 20_000;

/** Runs `work` while no other process or call holds the lock file; a lock left by a killed process is taken over. */
export async function withLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  await acquire(file, performance.now() + patienceMilliseconds);
  const renewal = setInterval(() => renew(file), staleMilliseconds / 5);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await rm(file, { force: true });
  }
}

async function acquire(file: string, deadline: number): Promise<void> {
  while (!(await tryToTake(file))) {
    if (performance.now() > deadline) {
      throw new Failure('conflict', {
        what: `Another process keeps the lock ${file}`,
        next: `Wait for it to end; if none runs: rm ${file}`,
      });
    }
    if ((await ageOf(file)) > staleMilliseconds) await rm(file, { force: true });
    else await wait(5 + Math.random() * 15);
  }
}

async function tryToTake(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function ageOf(file: string): Promise<number> {
  const found = await orUndefined(stat(file));
  return found ? Date.now() - found.mtimeMs : 0;
}

/** Failing is harmless: at worst the lock counts as left behind. */
function renew(file: string): void {
  const now = new Date();
  utimes(file, now, now).catch(() => undefined);
}
