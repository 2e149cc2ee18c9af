import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logs } from '../../src/commands/logs.ts';
import { failureOf } from '../../src/launch/launch-run.ts';
import { outlivesSupervisor } from '../../src/launch/outlives.ts';
import type { ContainerPlace } from '../../src/launch/place.ts';
import { openRecords } from '../../src/launch/records.ts';
import { stopRun } from '../../src/launch/stop-run.ts';
import { ranReal } from '../helpers/facts.ts';
import { docker, launchesOfThisFile, until, untilWritten, whyNoDocker } from './launched.ts';

const why = whyNoDocker();
const network = `dk-test-${process.pid}`;
const place: ContainerPlace = { launch: 'container', network, labels: { 'dk-test': network }, keep: false };

describe.skipIf(why)(`a package in a container${why ? ` (${why})` : ''}`, () => {
  const { name, open } = launchesOfThisFile(() => place);
  const left = () => docker('ps', '--all', '--quiet', '--filter', `label=dk-test=${network}`);

  beforeAll(() => {
    docker('network', 'create', network);
    docker(
      'run',
      '--detach',
      '--network',
      network,
      '--name',
      `${network}-web`,
      'busybox:1.37',
      'httpd',
      '-f',
      '-p',
      '80',
    );
    ranReal('container engine', docker('version', '--format', '{{.Server.Version}}'));
  });
  afterAll(() => {
    docker('rm', '--force', `${network}-web`);
    docker('network', 'rm', network);
  });

  it('sees its variables, its arguments and its run spec, and nothing of this machine', async () => {
    const it = await open(
      {
        'src/main.js': `
        const { statSync, readFileSync } = require('node:fs');
        const file = process.env.DK_RUN_SPEC;
        const { mode, uid } = statSync(file);
        const { PATH, HOSTNAME, HOME, ...env } = process.env;
        console.error('to stderr');
        console.log(JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2), env, uid, own: process.getuid(),
          mode: (mode & 0o777).toString(8), run: JSON.parse(readFileSync(file)).run }));`,
      },
      { SECRET_OF_THE_SHELL: 'x' },
    );
    const args = ['$HOME', '$(HOME)', 'two words'];
    const { record } = await it.launch({
      args,
      run: { variables: { DK_CELL: 'canary', MODE: 'spec' } },
      options: { extraEnv: { MODE: 'user' }, args: ['more'] },
    });
    expect(record).toMatchObject({
      launch: 'container',
      status: 'succeeded',
      exitCode: 0,
      reason: null,
      process: null,
    });
    expect(record.container?.name).toBe(record.id);
    expect(JSON.parse(it.stdout())).toEqual({
      cwd: '/app',
      args: [...args, 'more'],
      env: { DK_CELL: 'canary', MODE: 'user', DK_RUN_ID: record.id, DK_RUN_SPEC: '/run/dk/run-spec.json' },
      uid: 1000,
      own: 1000,
      mode: '400',
      run: record.id,
    });
    expect(it.stderr()).toMatch(/^Building image dk-tiny\S+ on node:24-slim\nto stderr\n$/);
    expect(left()).toBe('');
  });

  it('reaches others on its network by their names, and with the network of the host what listens on its loopback', async () => {
    const fetches = 'fetch(process.argv[2]).then((r) => console.log(r.status), (e) => console.log(e.cause.code))';
    const it = await open({ 'src/main.js': fetches });
    await it.launch({ args: [`http://${network}-web/`] });
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await it.launch({ args: [address] });
    await it.launch({ args: [address], place: { ...place, network: 'host' } });
    server.close();
    expect(it.stdout()).toBe('404\nECONNREFUSED\n200\n');
  });

  it('is built once, and anew when a file that is in it changes', async () => {
    const it = await open({ 'src/main.js': 'console.log(1)', 'README.md': '', '.dockerignore': 'README.md\n' });
    const builds = () => it.stderr().match(/Building image/g)?.length;
    await it.launch();
    await it.write({ 'README.md': 'changed', '.env': 'PG_PASS=1', 'store/warehouse.yaml': '' });
    await it.launch();
    expect(builds()).toBe(1);
    await it.write({ 'src/main.js': 'console.log(2)' });
    await it.launch();
    expect([it.stdout(), builds()]).toEqual(['1\n1\n2\n', 2]);
  });

  it('has its dependencies, above its folder and behind links too, and not those of development', async () => {
    const module = (text: string) => ({
      'package.json': '{"name":"x","version":"1.0.0"}',
      'index.js': `module.exports = ${text}`,
    });
    const files = (folder: string, text: string) =>
      Object.fromEntries(Object.entries(module(text)).map(([file, content]) => [`${folder}/${file}`, content]));
    const it = await open({
      'package.json': '{"workspaces":["packages/*"]}',
      'packages/main/package.json': '{"dependencies":{"hoisted":"*","linked":"*"},"devDependencies":{"tool":"*"}}',
      'packages/main/src/main.js': `
        console.log(require('hoisted'), require('linked'));
        try { require('tool') } catch ({ code }) { console.log(code) }`,
      ...files('node_modules/hoisted', '"hoisted+" + require("deep")'),
      'node_modules/hoisted/package.json': '{"version":"1.0.0","dependencies":{"deep":"*"}}',
      ...files('node_modules/hoisted/node_modules/deep', '"deep"'),
      ...files('node_modules/tool', '1'),
      'packages/linked/package.json': '{"version":"1.0.0","dependencies":{"hoisted":"*"}}',
      'packages/linked/index.js': 'module.exports = "linked+" + require("hoisted")',
    });
    await symlink('../packages/linked', join(it.directory, 'node_modules/linked'));
    const directory = join(it.directory, 'packages/main');
    await it.launch({ run: { package: { name, version: '1.0.0+ci', directory } } });
    expect(it.stdout()).toBe('hoisted+deep linked+hoisted+deep\nMODULE_NOT_FOUND\n');
  });

  it('may be written in TypeScript, whose packages and neighbouring files are found', async () => {
    const it = await open({
      'package.json': '{"type":"module","dependencies":{"dep":"*"}}',
      'node_modules/dep/package.json': '{"version":"1.0.0","main":"index.js"}',
      'node_modules/dep/index.js': 'module.exports = { word: "dep" }',
      'src/words.txt': 'neighbour',
      'src/main.ts': `
        import { readFileSync } from 'node:fs';
        import dep from 'dep';
        const text: string = readFileSync(new URL('words.txt', import.meta.url), 'utf8');
        console.log(dep.word, text);`,
    });
    await it.launch();
    expect(it.stdout()).toBe('dep neighbour\n');
  });

  it('may be written in Python, with wheels for the Python of the image', async () => {
    const it = await open({
      'requirements.txt': '--no-index\n--find-links wheels\ntiny-dep==1.*\n',
      'src/main.py': 'import sys, tiny_dep\nprint(tiny_dep.word, sys.version_info[:2], sys.argv[1:])',
    });
    await mkdir(join(it.directory, 'wheels'));
    const makeWheel = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tiny_dep.py", 'word = "installed"')
    wheel.writestr("tiny_dep-1.1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny-dep\\nVersion: 1.1\\n")
    wheel.writestr("tiny_dep-1.1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: cp313-cp313-manylinux_2_17_x86_64\\n")
    wheel.writestr("tiny_dep-1.1.dist-info/RECORD", "")
`;
    const wheel = join(it.directory, 'wheels', 'tiny_dep-1.1-cp313-cp313-manylinux_2_17_x86_64.whl');
    execFileSync('python3', ['-c', makeWheel, wheel]);
    for (const _ of [1, 2]) await it.launch({ runtime: 'generic-python', args: ['a'] });
    expect(it.stdout()).toBe("installed (3, 13) ['a']\n".repeat(2));
    expect(it.stderr().match(/Installing what requirements.txt asks for/g)).toHaveLength(1);
  });

  it('that fails tells its code, and its last lines', async () => {
    const it = await open({ 'src/main.js': 'console.error("no such table"); process.exitCode = 42' });
    const outcome = await it.launch();
    expect(outcome.record).toMatchObject({ status: 'failed', exitCode: 42, signal: null, reason: null });
    expect(failureOf(it.context, outcome)).toMatchObject({
      kind: 'packageFailed',
      message: `The package ${name} failed with exit code 42`,
      why: ['no such table'],
    });
    expect(left()).toBe('');
  });

  it('that outgrows its memory is said to have', async () => {
    const it = await open({ 'src/main.js': 'const all = []; for (;;) all.push(Buffer.alloc(10_000_000, 1))' });
    const outcome = await it.launch({ spec: { resources: { limits: { memory: '64Mi' } } } });
    const reason = 'OOMKilled: it used more memory than it may (64Mi)';
    expect(outcome.record).toMatchObject({ status: 'failed', exitCode: 137, reason });
    expect(failureOf(it.context, outcome)?.message).toBe(`The package ${name} failed with exit code 137: ${reason}`);
  });

  it('never shows a secret, not in pieces either', async () => {
    const prints = `
      const secret = process.env.DK_STORE_W_PASSWORD;
      process.stdout.write('password ' + secret.slice(0, 6));
      setTimeout(() => console.log(secret.slice(6)), 200);`;
    const it = await open({ 'src/main.js': prints });
    const variables = { DK_STORE_W_PASSWORD: 'correct-horse' };
    await it.launch({ run: { variables, secretValues: ['correct-horse'] } });
    expect(it.stdout()).toBe('password ***\n');
  });

  it('hears the first Ctrl-C, and is given time to end', async () => {
    const waits = `
      process.on('SIGTERM', () => { console.log('asked'); setTimeout(() => process.exit(3), 100) });
      setInterval(() => {}, 1000);
      console.log('up');`;
    const it = await open({ 'src/main.js': waits });
    const running = it.launch();
    await untilWritten(it.stdout, 'up');
    it.interrupt();
    const outcome = await running;
    expect(outcome.record).toMatchObject({ status: 'stopped', exitCode: 3 });
    expect(it.stdout()).toBe('up\nasked\n');
    expect(failureOf(it.context, outcome)).toMatchObject({ kind: 'interrupted' });
    expect(left()).toBe('');
  });

  it('ends at once by SIGTERM where it does not handle it', async () => {
    const it = await open({ 'src/main.js': 'setInterval(() => {}, 1000); console.log("up")' });
    const running = it.launch();
    await untilWritten(it.stdout, 'up');
    const before = performance.now();
    it.interrupt();
    expect((await running).record).toMatchObject({ status: 'stopped', exitCode: 143, reason: null });
    expect(performance.now() - before).toBeLessThan(8000);
  });

  const ignores = 'process.on("SIGTERM", () => console.log("asked")); setInterval(() => {}, 1000); console.log("up")';

  it('is killed by the second Ctrl-C', async () => {
    const it = await open({ 'src/main.js': ignores });
    const running = it.launch();
    await untilWritten(it.stdout, 'up');
    it.interrupt();
    await untilWritten(it.stdout, 'asked');
    const before = performance.now();
    it.interrupt();
    expect((await running).record).toMatchObject({ status: 'stopped', exitCode: 137, reason: null });
    expect(performance.now() - before).toBeLessThan(8000);
  });

  it('is killed some time after its timeout where it ignores SIGTERM', async () => {
    const it = await open({ 'src/main.js': ignores });
    const before = performance.now();
    const outcome = await it.launch({ options: { timeoutMs: 1500 } });
    expect(outcome.record).toMatchObject({ status: 'timed-out', exitCode: 137 });
    expect(performance.now() - before).toBeGreaterThan(11_000);
    expect(failureOf(it.context, outcome)?.message).toMatch(/was ended by its timeout/);
    expect(left()).toBe('');
  });

  it('goes on when it is detached, and its supervisor writes down its end', async () => {
    const it = await open({ 'src/main.js': 'console.log("up"); setTimeout(() => process.exit(5), 1000)' });
    const { record } = await it.launch({ options: { detach: true } });
    expect(record).toMatchObject({ status: 'running', container: { name: record.id } });
    await until('the run has ended', async () => (await it.records.get(record.id))?.status === 'failed');
    expect(await it.records.get(record.id)).toMatchObject({ exitCode: 5 });
    await logs(it.context, { run: record.id, follow: false });
    expect(it.stdout()).toBe('up\n');
    expect(left()).toBe('');
  });

  it('still counts as running when its supervisor was killed, and is stopped and removed', async () => {
    const it = await open({ 'src/main.js': 'setInterval(() => {}, 1000)' });
    const { record } = await it.launch({ options: { detach: true } });
    const records = openRecords(it.state, outlivesSupervisor(it.context));
    process.kill(record.supervisor?.pid ?? 0, 'SIGKILL');
    await until('nobody watches', async () => (await it.records.get(record.id))?.status === 'lost');
    expect(await records.get(record.id)).toMatchObject({ status: 'running' });
    docker('kill', record.id);
    await until('it has ended', async () => (await records.get(record.id))?.status === 'lost');
    expect(left()).not.toBe('');
    expect(await stopRun(it.context, records, record)).toMatchObject({ status: 'stopped' });
    expect(left()).toBe('');
  });

  it('stays where it is to be kept, until its run is stopped', async () => {
    const it = await open({ 'src/main.js': '' });
    const { record } = await it.launch({ place: { ...place, keep: true } });
    expect(docker('inspect', '--format', '{{.State.Status}}', record.id)).toBe('exited');
    expect(await stopRun(it.context, it.records, record)).toMatchObject({ status: 'succeeded', kept: false });
    expect(left()).toBe('');
  });

  it('may bring an image of its own, whose user and entry point count', async () => {
    const it = await open({ 'src/main.js': '' }, { TAG: '1.37' });
    const spec = { image: 'busybox:${TAG}', command: ['sh', '-c', 'id -u; wc -l < $DK_RUN_SPEC; echo $0'] };
    await it.launch({ spec, args: ['argument'] });
    expect(it.stdout()).toBe('0\n8\nargument\n');
    expect(it.stderr()).toBe('');
  });

  it('says what hinders it: an image, a variable in its name, a program, a network, an engine', async () => {
    const it = await open({ 'src/main.js': '' });
    const image = 'registry.invalid/team/app:1';
    const engineless = await open({ 'src/main.js': '' }, { DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    await expect(it.launch({ spec: { image } })).rejects.toMatchObject({
      kind: 'prerequisite',
      message: `Image ${image} cannot be had`,
      why: [expect.stringContaining('registry.invalid')],
    });
    await expect(it.launch({ spec: { image: 'app:${NO_TAG}' } })).rejects.toMatchObject({
      kind: 'invalid',
      message: 'spec.image is app:${NO_TAG}, and NO_TAG is not set',
    });
    await expect(it.launch({ place: { ...place, network: 'dk-absent' } })).rejects.toMatchObject({
      kind: 'prerequisite',
      message: 'The container engine has no network dk-absent',
    });
    await expect(it.launch({ spec: { image: 'busybox:1.37', command: ['no-such-program'] } })).rejects.toMatchObject({
      kind: 'packageFailed',
      why: [expect.stringContaining('no-such-program')],
    });
    await expect(engineless.launch()).rejects.toMatchObject({ kind: 'prerequisite' });
    await expect(it.launch({ runtime: 'dbt' })).rejects.toMatchObject({
      kind: 'prerequisite',
      message: 'dk builds no image for the runtime dbt',
    });
    await expect(it.launch({ options: { inspect: true } })).rejects.toMatchObject({ kind: 'usage' });
    expect(left()).toBe('');
  });
});
