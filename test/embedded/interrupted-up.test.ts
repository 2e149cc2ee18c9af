import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, type Home, makeHome } from '../helpers/dk.ts';
import { processesNaming } from '../helpers/processes.ts';

/** More events than one `up` with a single cell has. */
const mostEvents = 60;
/** Every one of them takes a minute: that is left to `DK_TEST_EXHAUSTIVE=1`, which .ci/run sets. */
const stride = process.env['DK_TEST_EXHAUSTIVE'] ? 1 : 4;
const atOnce = 2;

describe('dk dev up, killed', () => {
  let home: Home;
  const environments = Array.from({ length: mostEvents }, (_, index) => `k${index}`);

  beforeAll(() => {
    home = makeHome();
  });
  afterAll(() => home.close());

  it('after any of its events, converges the next time, and leaves nothing when it is deleted', async () => {
    const killedAt: number[] = [];
    let next = 1;
    let finished = false;
    const worker = async () => {
      while (!finished && next < mostEvents) {
        const events = next;
        next += stride;
        const killed = await killAfter(home, events, environments[events] ?? '');
        if (!killed) finished = true;
        else killedAt.push(events);
        await convergesAndGoes(home, environments[events] ?? '');
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    expect(finished).toBe(true);
    expect(killedAt.length).toBeGreaterThan(15 / stride);
    expect(existsSync(home.state)).toBe(false);
  }, 400_000);

  it('leaves no process that names its folder', () => {
    expect(processesNaming(home.directory)).toEqual([]);
  });
});

/** Starts `up` and kills it when it has told this many events; false when it ended before. */
async function killAfter(home: Home, events: number, environment: string): Promise<boolean> {
  const child = home.start(['dev', 'up', '--env', environment, '--json-events']);
  if (!child.stderr) throw new Error('no stderr');
  let seen = 0;
  createInterface({ input: child.stderr }).on('line', () => {
    seen += 1;
    if (seen === events) child.kill('SIGKILL');
  });
  await collect(child);
  return child.signalCode === 'SIGKILL';
}

async function convergesAndGoes(home: Home, environment: string): Promise<void> {
  const up = await home.dk(['dev', 'up', '--env', environment]);
  expect(up.code, up.stderr).toBe(0);
  const down = await home.dk(['dev', 'down', '--delete', '--yes', '--env', environment]);
  expect(down.code, down.stderr).toBe(0);
}
