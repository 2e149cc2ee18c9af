import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Place } from '../../src/launch/place.ts';
import { mayBeLeft, type RunRecord } from '../../src/launch/record.ts';
import { stopRun } from '../../src/launch/stop-run.ts';
import { createTestContext } from '../helpers/context.ts';
import { buildEntry } from '../launch/build-entry.ts';
import { openPlace } from '../launch/place.ts';

type Opened = Awaited<ReturnType<typeof openPlace>>;
type Wanted = NonNullable<Parameters<Opened['launch']>[0]>;

/** The output of a docker command, trimmed. */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** Why nothing can be launched in containers here; undefined where it can. */
export function whyNoDocker(): string | undefined {
  try {
    execFileSync('docker', ['version'], { stdio: 'pipe', timeout: 10_000 });
    return undefined;
  } catch {
    return 'docker is not there, or does not answer';
  }
}

/**
 * Opens places whose packages have a name of this file's own and are launched where `placeOf` says; after the tests,
 * no image of them is left, and after each of them no run goes on.
 */
export function launchesOfThisFile(placeOf: () => Place) {
  const name = `tiny-${randomUUID().slice(0, 8)}`;
  const opened: Opened[] = [];
  let entry: Awaited<ReturnType<typeof buildEntry>>;
  beforeAll(async () => {
    entry = await buildEntry();
  });
  afterEach(async () => {
    for (const place of opened.splice(0)) {
      // A test that failed may have left its run to go on, in this process or without it.
      place.interrupt();
      await until('the runs of this process have ended', async () => !(await place.records.list()).some(isOurs));
      const { context } = createTestContext({ env: process.env, now: () => new Date() });
      for (const run of (await place.records.list()).filter(mayBeLeft)) await stopRun(context, place.records, run);
      await place.close();
    }
  });
  afterAll(async () => {
    await entry.close();
    const images = docker('images', '--quiet', '--filter', `label=datakit.infoblox.dev/package=${name}`);
    if (images !== '') docker('rmi', '--force', ...new Set(images.split('\n')));
  });
  const open = async (files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) => {
    const place = await openPlace(files, env);
    Object.assign(place.context, { entry: entry.entry });
    opened.push(place);
    return { ...place, launch: (wanted: Wanted = {}) => place.launch({ name, place: placeOf(), ...wanted }) };
  };
  return { name, open };
}

function isOurs({ status, supervisor }: RunRecord): boolean {
  return status === 'running' && supervisor?.pid === process.pid;
}

/** Waits for a condition longer than a cluster takes on a loaded machine; names it when it does not come. */
export async function until(message: string, condition: () => unknown): Promise<void> {
  await expect.poll(condition, { timeout: 60_000, interval: 200, message }).toBeTruthy();
}

/** Waits until a text that grows holds what is looked for. */
export async function untilWritten(text: () => string, pattern: RegExp | string): Promise<void> {
  await until(`"${pattern}" was written`, () => text().match(pattern));
}
