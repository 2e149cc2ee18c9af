import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { type LockOptions, withLock } from '../../src/tools/lock.ts';
import { ownIdentity } from '../../src/tools/processes.ts';
import { bundleProgram } from '../helpers/bundle.ts';

let built: Awaited<ReturnType<typeof bundleProgram>>;
let folder: string;
let lock: string;

beforeAll(async () => {
  built = await bundleProgram(join(import.meta.dirname, 'lock-program.ts'));
});
afterAll(() => built.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dk-lock-'));
  lock = join(folder, 'locks', 'local.lock');
});
afterEach(() => rm(folder, { recursive: true }));

const options = (changed: Partial<LockOptions> = {}): LockOptions => ({
  command: 'dev up',
  waitMs: 30_000,
  signal: new AbortController().signal,
  onWait: () => {},
  ...changed,
});

function startProgram(...args: readonly string[]) {
  const child = spawn(process.execPath, [built.program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  return { child, ended: once(child, 'exit') };
}

async function startHolder() {
  const { child, ended } = startProgram('hold', lock);
  await once(child.stdout, 'data');
  const end = () => {
    child.stdin.end();
    return ended;
  };
  const kill = () => {
    child.kill('SIGKILL');
    return ended;
  };
  return { pid: child.pid, end, kill };
}

/** Leaves the lock of a process that is no more. */
async function leaveDeadOwner(file = lock): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const nonce = `${Math.random()}`.slice(2);
  await writeFile(file, JSON.stringify({ pid: 2 ** 22 + 7, startTime: 'long ago', nonce, command: 'dev up' }));
}

describe('withLock', () => {
  test('gives what the work gives, and leaves neither the file nor an empty folder', async () => {
    const seen = await withLock(lock, options(), async () => (await readdir(dirname(lock))).join());
    expect(seen).toBe('local.lock');
    expect(await readdir(folder)).toEqual([]);
  });

  test('keeps a folder in which something else lies', async () => {
    await withLock(lock, options(), () => writeFile(join(dirname(lock), 'other'), ''));
    expect(await readdir(dirname(lock))).toEqual(['other']);
  });

  test('writes a file and a folder that only their owner can read', async () => {
    const [file, directory] = await withLock(lock, options(), () => Promise.all([stat(lock), stat(dirname(lock))]));
    expect([file.mode & 0o777, directory.mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test('releases when the work fails, and passes on why', async () => {
    await expect(withLock(lock, options(), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await withLock(lock, options({ waitMs: 0 }), async () => 'free again')).toBe('free again');
  });

  test('lets one in at a time within one process', async () => {
    expect(await mostAtOnce(20)).toBe(1);
  });

  test('loses no increment of a counter that six processes share', async () => {
    const counter = join(folder, 'counter');
    await writeFile(counter, '0');
    const children = Array.from({ length: 6 }, () => startProgram('count', lock, counter, '8', '2'));
    const codes = await Promise.all(children.map(({ ended }) => ended));
    expect(codes.map(([code]) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await readFile(counter, 'utf8')).toBe(String(6 * 8 * 2));
    expect(await readdir(folder)).toEqual(['counter']);
  });

  test('waits for another process, says for whom once, and goes on when it ends', async () => {
    const holder = await startHolder();
    const told: string[] = [];
    let ended: Promise<unknown> = Promise.resolve();
    const onWait = (why: string) => {
      told.push(why);
      ended = holder.end();
    };
    expect(await withLock(lock, options({ onWait }), async () => 'ours')).toBe('ours');
    await ended;
    expect(told).toEqual([`waiting: "test hold" (pid ${holder.pid}) is at work here`]);
  });

  test('is a conflict that names a live owner when the time is up, and leaves the lock alone', async () => {
    const holder = await startHolder();
    const attempt = withLock(lock, options({ waitMs: 150 }), async () => 'ours');
    await expect(attempt).rejects.toMatchObject({
      kind: 'conflict',
      why: [`"test hold" (pid ${holder.pid}) is at work here`],
    });
    expect(JSON.parse(await readFile(lock, 'utf8'))).toMatchObject({ pid: holder.pid });
    await holder.end();
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not speak of waiting when it is not to wait', async () => {
    const told: string[] = [];
    await withLock(lock, options(), async () => {
      const second = withLock(lock, options({ waitMs: 0, onWait: (why) => told.push(why) }), async () => 'ours');
      await expect(second).rejects.toMatchObject({ kind: 'conflict' });
    });
    expect(told).toEqual([]);
  });

  test('ends with the reason of an abort while it waits, and the work is never done', async () => {
    const controller = new AbortController();
    const reason = new Failure('interrupted', { what: 'Interrupted' });
    const worked = await withLock(lock, options(), async () => {
      let done = false;
      const onWait = () => controller.abort(reason);
      const attempt = withLock(lock, options({ signal: controller.signal, onWait }), async () => (done = true));
      await expect(attempt).rejects.toBe(reason);
      return done;
    });
    expect(worked).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  test('takes nothing when it was aborted before', async () => {
    const reason = new Failure('interrupted', { what: 'Interrupted' });
    await expect(withLock(lock, options({ signal: AbortSignal.abort(reason) }), async () => 'ours')).rejects.toBe(
      reason,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('takes over from a process that was killed', async () => {
    const holder = await startHolder();
    await holder.kill();
    const told: string[] = [];
    expect(await withLock(lock, options({ onWait: (why) => told.push(why) }), async () => 'ours')).toBe('ours');
    expect(told).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('takes over when another process has the dead owner’s number', async () => {
    const { pid } = await ownIdentity();
    await mkdir(dirname(lock));
    await writeFile(lock, JSON.stringify({ pid, startTime: 'long ago', nonce: 'n', command: 'dev up' }));
    expect(await withLock(lock, options({ waitMs: 0 }), async () => 'ours')).toBe('ours');
  });

  test.each(['', '{"pid":'])('takes over from a file that a power failure left as %j', async (content) => {
    await mkdir(dirname(lock));
    await writeFile(lock, content);
    expect(await withLock(lock, options({ waitMs: 0 }), async () => 'ours')).toBe('ours');
    expect(await readdir(folder)).toEqual([]);
  });

  test('lets one of twenty waiters at a time take over from a dead owner, fifteen times over', async () => {
    for (let round = 0; round < 15; round += 1) {
      await leaveDeadOwner();
      expect(await mostAtOnce(20)).toBe(1);
    }
    expect(await readdir(folder)).toEqual([]);
  });

  test('loses no increment when twenty waiters in four processes find a dead owner, twice over', async () => {
    const counter = join(folder, 'counter');
    await writeFile(counter, '0');
    for (let round = 1; round <= 2; round += 1) {
      await leaveDeadOwner();
      const children = Array.from({ length: 4 }, () => startProgram('count', lock, counter, '1', '5'));
      await Promise.all(children.map(({ ended }) => ended));
      expect(await readFile(counter, 'utf8')).toBe(String(20 * round));
    }
    expect(await readdir(folder)).toEqual(['counter']);
  });

  test('takes over although an heir died in the middle of taking over', async () => {
    await leaveDeadOwner();
    const { nonce } = JSON.parse(await readFile(lock, 'utf8'));
    await leaveDeadOwner(`${lock}.heir-${nonce.slice(0, 8)}`);
    expect(await mostAtOnce(20)).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('sweeps away what processes that were killed had begun', async () => {
    await leaveDeadOwner(`${lock}.draft-12345678`);
    await leaveDeadOwner(`${lock}.heir-12345678`);
    await writeFile(`${lock}.draft-87654321`, '');
    await utimes(`${lock}.draft-87654321`, 0, 0);
    await withLock(lock, options(), async () => undefined);
    expect(await readdir(folder)).toEqual([]);
  });

  test('says which file it cannot make, and why', async () => {
    await writeFile(join(folder, 'locks'), 'not a folder');
    const failure = await withLock(lock, options(), async () => 'ours').catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'prerequisite', message: `The lock ${lock} cannot be made` });
  });

  test('ends where no folder can be made, and says where it could', async ({ skip }) => {
    skip(!existsSync('/proc/sys'), 'there is no /proc here');
    const failure = await withLock('/proc/sys/locks/local.lock', options(), async () => 'ours').catch((error) => error);
    expect(failure).toMatchObject({ kind: 'prerequisite', next: ['export XDG_STATE_HOME="$(mktemp -d)"'] });
  });
});

/** Takes the lock many times at once, and gives how many were ever inside together. */
async function mostAtOnce(takers: number): Promise<number> {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: takers }, () => withLock(lock, options(), work)));
  return most;
}
