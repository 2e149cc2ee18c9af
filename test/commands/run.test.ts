import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeHome } from '../helpers/dk.ts';

const home = makeHome();
const cwd = join(home.directory, 'shop');
beforeAll(async () => {
  expect(await home.dk(['init', 'shop'])).toMatchObject({ code: 0 });
  expect(await home.dk(['dev', 'up'])).toMatchObject({ code: 0 });
});
afterAll(() => home.close());

const run = (script: string, ...flags: string[]) =>
  home.dk(['run', '--cell', 'local', '--set', `command=[sh, -c, "${script}"]`, ...flags], { cwd });

test('run shows what the package writes, each stream on its own', async () => {
  expect(await run('echo out; echo err >&2')).toEqual({ code: 0, stdout: 'out\n', stderr: 'err\n' });
});

test('run -o json leaves stdout to the record, and what the package writes to stderr', async () => {
  const { code, stdout, stderr } = await run('echo out; echo err >&2', '-o', 'json');
  expect(code).toBe(0);
  expect(stderr.split('\n').sort()).toEqual(['', 'err', 'out']);
  const record = JSON.parse(stdout);
  expect(record).toEqual({
    apiVersion: 'datakit.infoblox.dev/cli/v1',
    kind: 'Run',
    id: expect.stringMatching(/^shop-\d{8}-\d{6}-[0-9a-f]{6}$/),
    package: 'shop',
    version: '0.1.0',
    directory: cwd,
    cell: 'local',
    environment: 'local',
    launch: 'process',
    status: 'succeeded',
    startedAt: expect.stringMatching(/Z$/),
    finishedAt: expect.stringMatching(/Z$/),
    exitCode: 0,
    signal: null,
    durationMs: Date.parse(record.finishedAt) - Date.parse(record.startedAt),
    container: null,
    job: null,
    reason: null,
    logFile: join(home.state, 'runs', record.id, 'output.log'),
  });
  expect(readFileSync(record.logFile, 'utf8')).toMatch(/stdout F out\n/);
});

test('run -o yaml tells the exit code and the reason of a package that fails, and ends with 9', async () => {
  const { code, stdout, stderr } = await run('exit 3', '-o', 'yaml');
  expect(code).toBe(9);
  const reason = 'The package shop failed with exit code 3';
  expect(parse(stdout)).toMatchObject({ kind: 'Run', status: 'failed', exitCode: 3, signal: null, reason });
  expect(stderr).toContain(`error: ${reason}\n`);
});

test('run -o json tells of a timeout', async () => {
  const { code, stdout } = await run('sleep 60', '--timeout', '300ms', '-o', 'json');
  expect(code).toBe(9);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'timed-out', reason: expect.stringMatching(/by its timeout$/) });
});

test('run refuses a timeout in the manifest that is none, also before it is run', async () => {
  for (const flags of [[], ['--dry-run']]) {
    const { code, stdout, stderr } = await run('echo out', '--set', 'timeout=5x', ...flags);
    expect({ code, stdout }).toEqual({ code: 10, stdout: '' });
    expect(stderr).toMatch(/^error: spec.timeout of package shop is no duration: "5x"\n.*\nnext: dk lint /);
  }
});

test('run --detach -o json gives the run that goes on', async () => {
  const { code, stdout } = await run('exec sleep 60', '--detach', '-o', 'json');
  expect(code).toBe(0);
  const { id, ...record } = JSON.parse(stdout);
  expect(record).toMatchObject({ status: 'running', finishedAt: null, durationMs: null, exitCode: null, reason: null });
  expect(await home.dk(['stop', id])).toMatchObject({ code: 0 });
});

test('run -o json prints nothing on stdout where nothing was started', async () => {
  expect(await run('true', '--cell', 'nosuch', '-o', 'json')).toMatchObject({ code: 4, stdout: '' });
});

test('store check of a Store that the cell does not have says where its Stores are told', async () => {
  const { code, stderr } = await home.dk(['store', 'check', 'lake']);
  expect(code).toBe(4);
  expect(stderr).toMatch(/^error: Cell local has no Store lake.*\n.*\nnext: dk cell stores local\n$/);
});

test('env gives the same variables for shells, IDEs and programs', async () => {
  const { apiVersion, kind, variables } = await home.json(['env'], { cwd });
  expect({ apiVersion, kind }).toEqual({ apiVersion: 'datakit.infoblox.dev/cli/v1', kind: 'Variables' });
  expect(variables).toMatchObject({ DK_STORE_TYPE_LAKE_RAW: 's3', AWS_REGION: 'us-east-1' });
  expect(parse((await home.dk(['env', '-o', 'yaml'], { cwd })).stdout)).toMatchObject({ kind, variables });
  expect(JSON.parse((await home.dk(['env', '--format', 'json'], { cwd })).stdout)).toEqual(variables);
  expect((await home.dk(['env'], { cwd })).stdout).toContain("\nexport AWS_REGION='us-east-1'\n");
  expect((await home.dk(['env', '--format', 'dotenv'], { cwd })).stdout).toMatch(/\nAWS_REGION="us-east-1"\n$/);
});
