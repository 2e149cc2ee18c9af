import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { platform } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { inspectProcess, spawnGroup } from '../../src/tools/exec.ts';
import { identityOf, isAlive, stopProcess } from '../../src/tools/processes.ts';
import { eventually } from './eventually.ts';

const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function start(script: string, announced: RegExp) {
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(() => output).toMatch(announced);
  const identity = child.pid === undefined ? undefined : await identityOf(child.pid);
  if (identity === undefined) throw new Error('the child has ended already');
  return { child, identity, output: () => output };
}

test('a process is alive until it ends', async () => {
  const { child, identity } = await start('echo up; exec sleep 60', /up/);
  expect(await isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await isAlive(identity)).toBe(false);
});

test('another process of the same number is not taken for it and never signalled', async () => {
  const { child, identity } = await start('echo up; exec sleep 60', /up/);
  const stranger = { pid: identity.pid, startTime: 'of an earlier process' };
  expect(await isAlive(stranger)).toBe(false);
  expect(await stopProcess(stranger, { signal: 'SIGKILL', graceMs: 0, group: true })).toBe('was-gone');
  expect(child.exitCode ?? child.signalCode).toBeNull();
  expect(await isAlive(identity)).toBe(true);
});

test.skipIf(platform() !== 'linux')('a zombie is dead', async () => {
  // The shell becomes a sleep that never asks after its child.
  const { child, output } = await start('sleep 0 & echo $!; exec sleep 60', /\d+/);
  const zombie = Number(output());
  await eventually(async () => (await inspectProcess(zombie))?.zombie).toBe(true);
  const startTime = (await inspectProcess(zombie))?.startTime ?? '';
  expect(await isAlive({ pid: zombie, startTime })).toBe(false);
  expect(await identityOf(zombie)).toBeUndefined();
  expect(await stopProcess({ pid: zombie, startTime }, { graceMs: 0 })).toBe('was-gone');
  child.kill('SIGKILL');
});

test('a program name with parentheses and blanks does not shift the fields', async () => {
  const { identity } = await start(`echo up; exec "$(command -v bash)" -c 'exec -a "x) Z 1 (" sleep 60'`, /up/);
  expect(await isAlive(identity)).toBe(true);
});

test('a process that ignores the polite signal is killed after its grace', async () => {
  const { identity } = await start(`trap '' TERM; echo up; while :; do sleep 1; done`, /up/);
  expect(await stopProcess(identity, { graceMs: 100 })).toBe('killed');
  expect(await isAlive(identity)).toBe(false);
});

test('a process is stopped by the signal it was asked with', async () => {
  const { child, identity } = await start(`trap 'exit 5' INT; echo up; while :; do sleep 0.05; done`, /up/);
  const exit = once(child, 'exit');
  expect(await stopProcess(identity, { signal: 'SIGINT', graceMs: 5000 })).toBe('stopped');
  expect(await exit).toEqual([5, null]);
});

test('stopping a group ends those too who outlive its leader', async () => {
  let output = '';
  const onStdout = (chunk: Buffer) => {
    output += chunk;
  };
  const script = `sh -c "trap '' TERM; echo \\$\\$; while :; do sleep 1; done" & wait`;
  const group = await spawnGroup('sh', ['-c', script], { env: { PATH: '/usr/bin:/bin' }, onStdout, onStderr() {} });
  await eventually(() => output).toMatch(/\d+\n/);
  expect(await stopProcess(group, { graceMs: 200, group: true })).toBe('killed');
  expect(await identityOf(Number(output))).toBeUndefined();
});
