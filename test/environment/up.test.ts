import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../src/context.ts';
import { remove, stop } from '../../src/environment/down.ts';
import { type EnvironmentRecord, environmentDirectory } from '../../src/environment/state.ts';
import { planUp, up } from '../../src/environment/up.ts';
import { Failure } from '../../src/failure.ts';
import type { Listener } from '../../src/graph/events.ts';
import { identityOf } from '../../src/tools/processes.ts';
import { bundleProgram } from '../helpers/bundle.ts';
import { createTestContext } from '../helpers/context.ts';
import { processesNaming } from '../helpers/processes.ts';
import { eventually } from '../tools/eventually.ts';
import { openTemporaryState, type TemporaryState } from './temporary-state.ts';

const name = 'local';
let bundle: Awaited<ReturnType<typeof bundleProgram>>;
let state: TemporaryState;
let context: Context;
let told: string[];
beforeAll(async () => {
  bundle = await bundleProgram(fileURLToPath(new URL('object-store-program.ts', import.meta.url)));
});
afterAll(() => bundle.close());
beforeEach(async () => {
  state = await openTemporaryState();
  const env = { ...state.context.env, PATH: process.env['PATH'] };
  ({ context } = createTestContext({ env, entry: bundle.program, uid: process.getuid?.() }));
  told = [];
});
afterEach(async () => {
  await remove(context, { name, waitLockMs: 0, tell: () => undefined }, () => undefined);
  await state.close();
});

const options = () => ({
  ...{
    name,
    cells: [],
    package: undefined,
    engine: 'embedded' as const,
    merge: false,
    waitLockMs: 0,
  },
  tell: (line: string) => void told.push(line),
});

describe('a port that another program takes after it was chosen', () => {
  test.each(['postgres', 's3'] as const)('%s: up tries again, though that program is gone by then', async (service) => {
    const thief = stealPort(service, 1);
    const { result } = await up(context, options(), thief.listener);
    expect(result.ok).toBe(true);
    expect(thief.reasons[0]).toMatch(/cannot listen on 127\.0\.0\.1:\d+: .+ listens there$/);
    expect(told).toContain('a port was taken just now: trying again');
  });

  test('every time: up gives up, and says which port', async () => {
    const thief = stealPort('s3', Number.POSITIVE_INFINITY);
    await expect(up(context, options(), thief.listener)).rejects.toMatchObject({
      kind: 'conflict',
      message: 'Environment local is not complete',
      why: [expect.stringMatching(/^Object store: The object store cannot listen on 127\.0\.0\.1:\d+: /)],
      next: [expect.stringContaining('dk dev up')],
    });
    expect(thief.reasons).toHaveLength(10);
  });
});

describe('Ctrl-C', () => {
  test('says which server goes on, and how to go on or to stop it', async () => {
    const { interrupt, interrupted } = interruptible();
    const whenItServes: Listener = (event) => {
      if (event.type === 'step-finished' && event.step === 'object-store') interrupt();
    };
    await expect(up(interrupted, options(), whenItServes)).rejects.toMatchObject({
      kind: 'interrupted',
      message: 'Interrupted',
      why: [expect.stringMatching(/^The object store goes on, on 127\.0\.0\.1:\d+$/)],
      next: ['To go on: dk dev up', 'To stop it: dk dev down'],
    });
  });

  test.skipIf(platform() !== 'linux')('leaves no server that it does not tell of', async () => {
    const { interrupt, interrupted } = interruptible();
    const whenItStarts: Listener = (event) => {
      if (event.type === 'step-said' && event.what.startsWith('starting on')) interrupt();
    };
    // Told are those that came to write down that they run; the others are ended.
    const failure = await up(interrupted, options(), whenItStarts).catch((error: Failure) => error);
    expect(failure).toMatchObject({ kind: 'interrupted' });
    await eventually(() => processesNaming(state.root).length).toBe('why' in failure ? failure.why.length : 0);
  });

  test('while PostgreSQL starts: the next command knows that it is there', async () => {
    await up(context, options(), () => undefined);
    const pidFile = join(environmentDirectory(context, name), 'postgres/data/postmaster.pid');
    const before = readFileSync(pidFile, 'utf8');
    const [pid] = before.split('\n');
    writeFileSync(pidFile, before.replace('ready   ', 'starting'));
    // A test beside this one may have taken a port of the first.
    told = [];
    await planUp(context, options());
    expect(told).toEqual([]);
    await stop(context, options(), () => undefined);
    expect(await identityOf(Number(pid))).toBeUndefined();
  });

  /** A context like the other, with a signal that the test sends. */
  function interruptible() {
    const controller = new AbortController();
    const interrupt = () => controller.abort(new Failure('interrupted', { what: 'Interrupted' }));
    return { interrupt, interrupted: { ...context, signal: controller.signal } };
  }
});

/** Listens on the port from when its server is to be started until that has failed, so many times. */
function stealPort(service: keyof EnvironmentRecord['ports'], times: number) {
  const step = service === 's3' ? 'object-store' : 'postgres';
  const reasons: (string | undefined)[] = [];
  let thief: ReturnType<typeof listenOn> | undefined;
  const listener: Listener = (event) => {
    if (!('step' in event) || event.step !== step) return;
    if (event.type === 'step-started' && reasons.length < times) thief = listenOn(recordedPorts()[service] ?? 0);
    if (event.type !== 'step-finished') return;
    thief?.close();
    if (event.outcome === 'failed') reasons.push(event.reason);
  };
  return { listener, reasons };
}

/** Insists: whoever looks whether a port is free holds it for a moment. */
function listenOn(port: number): { close(): void } {
  const server = createServer();
  let wanted = true;
  const listen = () => void (wanted && server.listen(port, '127.0.0.1'));
  server.on('error', () => setImmediate(listen));
  listen();
  return {
    close() {
      wanted = false;
      server.close();
    },
  };
}

function recordedPorts(): EnvironmentRecord['ports'] {
  const file = join(environmentDirectory(context, name), 'environment.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as EnvironmentRecord).ports;
}
