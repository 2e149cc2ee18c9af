import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { CommandFailure } from '../../src/tools/command-failure.ts';
import { run, spawnGroup, startDetached } from '../../src/tools/exec.ts';
import { identityOf, isAlive, stopProcess } from '../../src/tools/processes.ts';
import { bundleProgram } from '../helpers/bundle.ts';
import { eventually } from './eventually.ts';

const env = { PATH: '/usr/bin:/bin' };
const folder = mkdtempSync(join(tmpdir(), 'dk-exec-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function failureOf(promise: Promise<unknown>): Promise<CommandFailure> {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof CommandFailure) return error;
  throw new Error(`not a CommandFailure: ${error}`);
}

test('a command gets its input and the given environment only', async () => {
  const { stdout } = await run('sh', ['-c', 'cat; env | grep -v -e ^PWD -e ^SHLVL -e ^_='], {
    env: { ...env, A: '1' },
    input: 'in\n',
  });
  expect(stdout.split('\n').sort()).toEqual(['A=1', 'PATH=/usr/bin:/bin', 'in']);
});

test('a failed command is shown as it can be pasted, with the end of its output', async () => {
  const script = "seq 1 30; echo 'it is' >&2; exit 3";
  const failure = await failureOf(run('sh', ['-c', script], { env, cwd: folder }));
  expect(failure.message).toBe('The command failed with exit code 3');
  expect(failure).toMatchObject({ kind: 'unhealthy', exitCode: 3, stderr: 'it is' });
  const [command = '', ...output] = failure.why;
  expect(output).toHaveLength(20);
  expect(output.at(-1)).toBe('it is');
  const pasted = await failureOf(run('sh', ['-c', command], { env }));
  expect(pasted).toMatchObject({ exitCode: 3, stdout: failure.stdout });
});

test('a missing program is a missing prerequisite', async () => {
  const failure = await failureOf(run('dk-no-such-program', [], { env }));
  expect(failure).toMatchObject({ kind: 'prerequisite', message: 'The command was not found' });
  const detached = await failureOf(startDetached('dk-no-such-program', [], { env, logFile: join(folder, 'none') }));
  expect(detached.kind).toBe('prerequisite');
  const sinks = { onStdout() {}, onStderr() {} };
  expect((await failureOf(spawnGroup('dk-no-such-program', [], { env, ...sinks }))).kind).toBe('prerequisite');
});

test('a missing folder is not taken for a missing program', async () => {
  const failure = await failureOf(run('true', [], { env, cwd: join(folder, 'gone') }));
  expect(failure.message).toBe('The command has no folder to run in');
});

test('a command that does not end in time is ended and said to be late', async () => {
  const failure = await failureOf(run('sleep', ['60'], { env, timeout: 50 }));
  expect(failure).toMatchObject({ kind: 'stillStarting', message: 'The command did not end in time' });
});

test('an aborted command throws the reason of the abort', async () => {
  const reason = new Error('Ctrl-C');
  const controller = new AbortController();
  const running = run('sleep', ['60'], { env, signal: controller.signal });
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
});

test('a detached server outlives the process that started it and writes to a log of 0600', async () => {
  const logFile = join(folder, 'server.log');
  const options = JSON.stringify({ env, logFile });
  const bundle = await bundleProgram('src/tools/exec.ts');
  onTestFinished(bundle.close);
  const program = `
    const { startDetached } = await import(${JSON.stringify(bundle.program)});
    const identity = await startDetached('sh', ['-c', 'echo ready; exec sleep 60'], ${options});
    console.log(JSON.stringify(identity));
  `;
  const { stdout } = await run(execPath, ['--input-type=module', '-e', program], { env });
  const identity = JSON.parse(stdout);
  expect(await isAlive(identity)).toBe(true);
  await eventually(() => readFileSync(logFile, 'utf8')).toBe('ready\n');
  expect(statSync(logFile).mode & 0o777).toBe(0o600);
  expect(await stopProcess(identity, { graceMs: 5000 })).toBe('stopped');
});

test('a group streams its output to sinks that may be slow', async () => {
  const seen: string[] = [];
  const slow = async (chunk: Buffer) => {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(chunk.toString());
  };
  const group = await spawnGroup('sh', ['-c', 'echo out; echo err >&2; exit 4'], {
    env,
    onStdout: slow,
    onStderr: slow,
  });
  expect(await group.exited).toEqual({ code: 4, signal: null });
  await group.drained;
  expect(seen.sort()).toEqual(['err\n', 'out\n']);
});

test('a signal to a group reaches the children of its leader', async () => {
  let output = '';
  const onStdout = (chunk: Buffer) => {
    output += chunk;
  };
  const group = await spawnGroup('sh', ['-c', 'sleep 60 & echo $!; wait'], { env, onStdout, onStderr() {} });
  await eventually(() => output).toMatch(/\d+\n/);
  expect(group.kill('SIGTERM')).toBe(true);
  expect(await group.exited).toEqual({ code: null, signal: 'SIGTERM' });
  await group.drained; // Ends only when the child, which holds the pipe too, has ended.
  expect(await identityOf(Number(output))).toBeUndefined();
});

test('a sink that fails rejects what waits for the output', async () => {
  const onStdout = () => {
    throw new Error('disk full');
  };
  const group = await spawnGroup('echo', ['x'], { env, onStdout, onStderr() {} });
  await expect(group.drained).rejects.toThrow('disk full');
});
