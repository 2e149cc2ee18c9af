import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { K3sContainer, type StartedK3sContainer } from '@testcontainers/k3s';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../src/launch/launch-run.ts';
import { outlivesSupervisor } from '../../src/launch/outlives.ts';
import type { JobPlace } from '../../src/launch/place.ts';
import { openRecords } from '../../src/launch/records.ts';
import { stopRun } from '../../src/launch/stop-run.ts';
import { openDocker } from '../../src/tools/docker.ts';
import type { Kubernetes } from '../../src/tools/kubernetes.ts';
import { importImage, nodeHolds } from '../../src/tools/node-images.ts';
import { createTestContext } from '../helpers/context.ts';
import { ranReal } from '../helpers/facts.ts';
import { image, noImage, openText } from './kubernetes-cluster.ts';
import { launchesOfThisFile, until, untilWritten } from './launched.ts';

const namespace = 'dk-canary';

describe.skipIf(!image)(`a package as a Job${image ? '' : ` (${noImage})`}`, () => {
  let node: StartedK3sContainer;
  let kubernetes: Kubernetes;
  let folder: string;
  let place: JobPlace;
  const { name, open } = launchesOfThisFile(() => place);

  beforeAll(async () => {
    ranReal('Kubernetes node image', image ?? '');
    node = await new K3sContainer(image ?? '').start();
    folder = await mkdtemp(join(tmpdir(), 'dk-job-'));
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, node.getKubeConfig(), { mode: 0o600 });
    kubernetes = await openText(node.getKubeConfig());
    await kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const docker = await openDocker(createTestContext({ env: process.env }).context);
    const id = node.getId();
    place = {
      launch: 'job',
      cluster: { kubeconfig: [kubeconfig], context: kubernetes.contextName },
      namespace,
      labels: { 'dk-test': 'job' },
      keep: false,
      images: {
        holds: (reference) => nodeHolds(docker, id, reference),
        bring: (reference) => importImage(docker, id, reference),
      },
    };
  });
  afterAll(async () => {
    await node?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const left = async () => {
    const selection = { namespace, labels: { 'dk-test': 'job' } };
    const lists = await Promise.all(
      (['Job', 'Secret', 'Pod'] as const).map((kind) => kubernetes.list({ kind, ...selection })),
    );
    return lists.flat().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  };
  afterEach(async () => expect(await left()).toEqual([]));

  it('sees its variables, its arguments and its run spec, and leaves nothing', async () => {
    const it = await open({
      'src/main.js': `
        const { readFileSync } = require('node:fs');
        const { MODE, DK_CELL, DK_RUN_ID, DK_RUN_SPEC } = process.env;
        console.log(JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2), MODE, DK_CELL, DK_RUN_ID,
          run: JSON.parse(readFileSync(DK_RUN_SPEC)).run, own: process.getuid() }));`,
    });
    const args = ['$HOME', '$(MODE)', '$$', 'two words'];
    const { record } = await it.launch({
      args,
      run: { variables: { DK_CELL: 'canary', MODE: 'spec' } },
      options: { extraEnv: { MODE: 'user' } },
    });
    const { kubeconfig, context } = place.cluster;
    expect(record).toMatchObject({
      launch: 'job',
      status: 'succeeded',
      exitCode: 0,
      reason: null,
      process: null,
      job: { name: record.id, namespace, context, kubeconfig },
    });
    expect(JSON.parse(it.stdout())).toEqual({
      ...{ cwd: '/app', args, MODE: 'user', DK_CELL: 'canary' },
      ...{ DK_RUN_ID: record.id, run: record.id, own: 1000 },
    });
    expect(it.stderr()).toMatch(/^Building image \S+ on node:24-slim\nBringing image \S+ into the cluster\n$/);
  });

  it('has its values in a Secret alone, which goes with the Job', async () => {
    const it = await open({ 'src/main.js': 'console.log("up", process.env.PASS); setInterval(() => {}, 1000)' });
    const running = it.launch({ run: { variables: { PASS: 'correct-horse' }, secretValues: ['correct-horse'] } });
    await untilWritten(it.stdout, 'up');
    expect(it.stdout()).toBe('up ***\n');
    const [job] = await kubernetes.list({ kind: 'Job', namespace });
    const [pod] = await kubernetes.list({ kind: 'Pod', namespace });
    expect(JSON.stringify([job, pod])).not.toContain('correct-horse');
    expect(JSON.stringify([job, pod])).not.toContain(Buffer.from('correct-horse').toString('base64'));
    const [secret] = await kubernetes.list({ kind: 'Secret', namespace });
    expect(secret).toMatchObject({
      metadata: { name: job?.metadata.name, ownerReferences: [{ kind: 'Job', uid: job?.metadata.uid }] },
      data: { PASS: Buffer.from('correct-horse').toString('base64') },
    });
    const before = performance.now();
    it.interrupt();
    expect((await running).record).toMatchObject({ status: 'stopped', exitCode: 143 });
    expect(performance.now() - before).toBeLessThan(9000);
  });

  it('hands over all of a long output', async () => {
    const it = await open({
      'src/main.js': `
        let line = 0;
        const write = () => {
          for (; line < 20_000; line += 1) if (!process.stdout.write(line + ' ' + 'x'.repeat(80) + '\\n')) {
            line += 1;
            return process.stdout.once('drain', write);
          }
        };
        write();`,
    });
    await it.launch();
    const lines = it.stdout().trimEnd().split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([20_000, `19999 ${'x'.repeat(80)}`]);
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
  });

  it('that outgrows its memory is said to have', async () => {
    const it = await open({ 'src/main.js': 'const all = []; for (;;) all.push(Buffer.alloc(10_000_000, 1))' });
    const outcome = await it.launch({ spec: { resources: { memory: '64Mi' } } });
    const reason = 'OOMKilled: it used more memory than it may (64Mi)';
    expect(outcome.record).toMatchObject({ status: 'failed', exitCode: 137, reason });
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
    expect((await running).record).toMatchObject({ status: 'stopped', reason: null });
    expect(performance.now() - before).toBeLessThan(9000);
  });

  it('is killed some time after its timeout where it ignores SIGTERM', async () => {
    const it = await open({ 'src/main.js': ignores });
    const outcome = await it.launch({ options: { timeoutMs: 5000 } });
    expect(outcome.record).toMatchObject({ status: 'timed-out', exitCode: 137 });
    expect(it.stdout()).toBe('up\nasked\n');
  });

  it('goes on when it is detached, and its supervisor writes down its end', async () => {
    const it = await open({ 'src/main.js': 'console.log("up"); setTimeout(() => process.exit(5), 1000)' });
    const { record } = await it.launch({ options: { detach: true } });
    expect(record).toMatchObject({ status: 'running', job: { name: record.id } });
    await until('the run has ended', async () => (await it.records.get(record.id))?.status === 'failed');
    expect(await it.records.get(record.id)).toMatchObject({ exitCode: 5 });
  });

  it('still counts as running when its supervisor was killed, and is stopped and removed', async () => {
    const it = await open({ 'src/main.js': 'setInterval(() => {}, 1000)' });
    const { record } = await it.launch({ options: { detach: true } });
    const records = openRecords(it.state, outlivesSupervisor(it.context));
    process.kill(record.supervisor?.pid ?? 0, 'SIGKILL');
    await until('nobody watches', async () => (await it.records.get(record.id))?.status === 'lost');
    expect(await records.get(record.id)).toMatchObject({ status: 'running' });
    expect(await stopRun(it.context, records, record)).toMatchObject({ status: 'stopped' });
    expect(await records.get(record.id)).toMatchObject({ status: 'stopped' });
  });

  it('stays where it is to be kept, whether it ended by itself or not', async () => {
    const it = await open({ 'src/main.js': 'if (process.argv[2]) setInterval(() => {}, 1000); console.log("up")' });
    const kept = { place: { ...place, keep: true } };
    const { record } = await it.launch(kept);
    const running = it.launch({ ...kept, args: ['stay'] });
    await untilWritten(it.stdout, /(up\s+){2}/);
    it.interrupt();
    const { record: stopped } = await running;
    expect(stopped).toMatchObject({ status: 'stopped' });
    expect((await left()).filter((object) => !object.startsWith('Pod')).sort()).toEqual(
      [record, stopped].flatMap(({ id }) => [`Job ${id}`, `Secret ${id}`]).sort(),
    );
    for (const run of [record, stopped]) await stopRun(it.context, it.records, run);
    expect(await it.records.list()).toMatchObject([{ status: 'stopped' }, { status: 'succeeded' }]);
  });

  it('tells why it does not start, and can be stopped all the same', async () => {
    const it = await open({ 'src/main.js': '' });
    const running = it.launch({ spec: { resources: { requests: { memory: '1000Gi' } } } });
    await untilWritten(it.stderr, /FailedScheduling: .*Insufficient memory/);
    it.interrupt();
    expect((await running).record).toMatchObject({ status: 'stopped', exitCode: null });
    const other = await open({ 'src/main.js': '' });
    const waiting = other.launch({ spec: { serviceAccountName: 'nobody' } });
    await untilWritten(other.stderr, /FailedCreate: .*serviceaccount "nobody" not found/);
    other.interrupt();
    expect((await waiting).record).toMatchObject({ status: 'stopped', exitCode: null });
  });

  it('may bring an image of its own: of the engine, or of a registry, whose words are told where it has none', async () => {
    const it = await open({ 'src/main.js': '' });
    await it.launch({
      spec: { image: 'busybox:1.37', command: ['sh', '-c', 'id -u; wc -l < $DK_RUN_SPEC; echo $0'] },
      args: ['a'],
    });
    expect(it.stdout()).toBe('0\n8\na\n');
    const absent = await it.launch({ spec: { image: 'registry.invalid/team/app:1' } });
    expect(absent.record).toMatchObject({ status: 'failed', exitCode: null });
    expect(absent.record.reason).toMatch(/^(ErrImagePull|ImagePullBackOff): .*registry\.invalid/);
    expect(failureOf(it.context, absent)?.message).toContain(`did not run to an end: ${absent.record.reason}`);
    const noProgram = await it.launch({ spec: { image: 'busybox:1.37', command: ['no-such-program'] } });
    expect(noProgram.record.reason).toMatch(/no-such-program/);
  });

  it('says what hinders it: a namespace, a cluster that cannot get an image, a debugger', async () => {
    const it = await open({ 'src/main.js': '' });
    await expect(it.launch({ place: { ...place, namespace: 'dk-absent' } })).rejects.toMatchObject({
      kind: 'notFound',
    });
    const { images: _, ...foreign } = place;
    await expect(it.launch({ place: foreign })).rejects.toMatchObject({
      kind: 'prerequisite',
      message: `The cluster of context ${place.cluster.context} cannot get an image that dk builds`,
    });
    await expect(it.launch({ options: { inspect: true } })).rejects.toMatchObject({ kind: 'usage' });
  });
});
