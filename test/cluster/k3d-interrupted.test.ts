import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/graph/events.ts';
import { type ClusterHome, makeClusterHome } from '../helpers/cluster-home.ts';
import { collect, type Ran, repository } from '../helpers/dk.ts';
import { query, variablesOf } from '../helpers/outside.ts';
import { processesNaming } from '../helpers/processes.ts';
import { whyNoCluster } from './cluster-place.ts';

const packageFolder = join(repository, 'examples/pg-to-s3');
const why = whyNoCluster();
const cells = ['local', 'canary'] as const;

/** In the middle is shortly after the start of a step, or after it said what it waits for. */
type Moment = readonly [step: string, when: 'started' | 'middle' | 'finished'];

/** In the order of the recipe, so that each `up` comes further than the one before it; the controller is quicker than `status`. */
const steps = [
  ...[
    'remember-cells',
    'cluster',
    'kubeconfig',
    'user-kubeconfig',
    'identity',
    'crds',
    'namespace',
    'system-namespace',
  ],
  ...['postgres', 'object-store', 'controller'],
  ...['cell', 'database', 'bucket', 'stores'].flatMap((step) => cells.map((cell) => `${step}/${cell}`)),
];
const everyMoment: readonly Moment[] = steps.flatMap((step) => [
  [step, 'started'],
  [step, 'middle'],
  [step, 'finished'],
]);
const telling: readonly Moment[] = [
  ['cluster', 'middle'],
  ['cluster', 'finished'],
  ['kubeconfig', 'finished'],
  ['identity', 'started'],
  ['crds', 'middle'],
  ['namespace', 'finished'],
  ['postgres', 'middle'],
  ['object-store', 'finished'],
  ['controller', 'middle'],
  ['database/local', 'started'],
  ['bucket/canary', 'middle'],
  ['stores/local', 'started'],
  ['controller', 'started'],
];
const moments = process.env['DK_TEST_EXHAUSTIVE'] ? everyMoment : telling;

describe.skipIf(why)(`dk dev up of a k3d environment, interrupted${why ? ` (skipped: ${why})` : ''}`, () => {
  let home: ClusterHome;
  const users = () => join(home.directory, '.kube/config');
  const ofSomebodyElse = `# Mine.
apiVersion: v1
kind: Config
current-context: elsewhere
contexts:
- context:
    cluster: elsewhere
    user: me
  name: elsewhere
clusters:
- cluster:
    server: https://elsewhere.example
  name: elsewhere
users:
- name: me
  user: {}
`;

  beforeAll(async () => {
    home = makeClusterHome();
    await mkdir(join(home.directory, '.kube'));
    writeFileSync(users(), ofSomebodyElse);
  });
  afterAll(() => home?.close());

  it('leaves nothing when it is killed while k3d works, and then deleted', async () => {
    expect(await interrupted(['cluster', 'middle'], 'SIGKILL')).toBeDefined();
    expect(home.inDocker()).not.toEqual([]);
    await remove();
    expectNothingLeft();
  });

  it('says what goes on when it is interrupted while k3d works', async () => {
    const ran = await interrupted(['cluster', 'middle'], 'SIGINT');
    expect(ran).toMatchObject({ code: 130, stderr: expect.stringContaining('To go on: dk dev up') });
  });

  it('goes on after it was killed at whatever moment', async () => {
    for (const moment of moments) {
      if (await interrupted(moment, 'SIGKILL')) continue;
      await undo(moment[0]);
      expect(await interrupted(moment, 'SIGKILL'), `${moment.join(' ')} did not come`).toBeDefined();
    }
    await expectComplete();
  }, 1_800_000);

  it('says what goes on when it is interrupted with a cluster that runs, and keeps the rows', async () => {
    for (const cell of cells) await query(await dsnOf(cell), `CREATE TABLE kept AS SELECT '${cell}' AS cell`);
    await undo('postgres');
    const ran = await interrupted(['postgres', 'started'], 'SIGINT');
    expect(ran).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(
        new RegExp(`The cluster dk-${home.name} goes on[^]*To go on: dk dev up[^]*dk dev down`),
      ),
    });
    await expectComplete();
    for (const cell of cells) expect(await query(await dsnOf(cell), 'SELECT * FROM kept')).toEqual([{ cell }]);
  });

  it('leaves nothing when it is deleted after all of that', async () => {
    const node = JSON.parse(execFileSync('docker', ['inspect', server()], { encoding: 'utf8' })) as [
      { Mounts: { Name?: string }[] },
    ];
    const volumes = node[0].Mounts.flatMap(({ Name }) => Name ?? []);
    expect(volumes.length).toBeGreaterThan(1);
    await remove();
    expectNothingLeft();
    const left = execFileSync('docker', ['volume', 'ls', '--quiet'], { encoding: 'utf8' }).split('\n');
    expect(volumes.filter((volume) => left.includes(volume))).toEqual([]);
  });

  const server = () => `k3d-dk-${home.name}-server-0`;

  /** What it did until the moment; undefined where it ended by itself before, or the moment never came. */
  async function interrupted([step, when]: Moment, signal: NodeJS.Signals): Promise<Ran | undefined> {
    const child = home.start(['dev', 'up', '--cell', 'canary', '--json-events']);
    if (!child.stderr) throw new Error('no stderr');
    let came = false;
    createInterface({ input: child.stderr }).on('line', (line) => {
      const event = line.startsWith('{') ? (JSON.parse(line) as Event) : undefined;
      if (came || !event || !('step' in event) || event.step !== step || !isMoment(event, when)) return;
      came = true;
      setTimeout(() => child.kill(signal), when === 'middle' ? shortMs : 0);
    });
    const ran = await collect(child);
    if (child.signalCode === 'SIGKILL' || ran.code === 130) return ran;
    expect(ran.code, ran.stderr).toBe(0);
    return undefined;
  }

  /** Gives a step something to do. */
  async function undo(step: string): Promise<void> {
    const [kind = '', cell = ''] = step.split('/');
    const own = join(home.state, 'environments', home.name);
    const undoing: Readonly<Record<string, () => unknown>> = {
      'remember-cells': () => rmSync(join(own, 'cells.json')),
      cluster: () => execFileSync('docker', ['stop', server()], { stdio: 'pipe' }),
      kubeconfig: () => rmSync(home.kubeconfigFile),
      'user-kubeconfig': () => writeFileSync(users(), ofSomebodyElse),
      identity: () => home.kubectl('delete', 'configmap', 'dk-environment', '-n', 'kube-system'),
      crds: () => home.kubectl('delete', 'crd', 'stores.datakit.infoblox.dev'),
      namespace: () => home.kubectl('delete', 'namespace', 'dk-infra', '--wait=false'),
      'system-namespace': () => home.kubectl('delete', 'namespace', 'dk-system', '--wait=false'),
      controller: () => home.kubectl('delete', 'deployment', 'dk-controller', '-n', 'dk-system'),
      postgres: () => home.kubectl('delete', 'statefulset', 'postgres', '-n', 'dk-infra'),
      'object-store': () => home.kubectl('delete', 'statefulset', 'minio', '-n', 'dk-infra'),
      cell: () => home.kubectl('delete', 'cell', cell),
      database: () => home.kubectl('delete', 'secret', 'warehouse', '-n', `dk-${cell}`),
      bucket: () => home.kubectl('delete', 'secret', 'lake-raw', '-n', `dk-${cell}`),
      stores: () => home.kubectl('delete', 'store', 'warehouse', '-n', `dk-${cell}`),
    };
    await undoing[kind]?.();
  }

  async function expectComplete(): Promise<void> {
    const up = await home.dk(['dev', 'up']);
    expect(up.code, up.stderr).toBe(0);
    const again = await home.dk(['dev', 'up']);
    expect(again.stderr.split('\n').filter((line) => line.startsWith('+'))).toEqual([]);
    for (const cell of cells) {
      for (const store of ['warehouse', 'lake-raw']) {
        const check = await home.dk(['store', 'check', store, '--cell', cell]);
        expect(check.code, check.stderr).toBe(0);
      }
    }
  }

  async function remove(): Promise<void> {
    const down = await home.dk(['dev', 'down', '--delete', '--yes']);
    expect(down.code, down.stderr).toBe(0);
  }

  function expectNothingLeft(): void {
    expect(home.inDocker()).toEqual([]);
    expect(readFileSync(users(), 'utf8')).toBe(ofSomebodyElse);
    expect(existsSync(home.state)).toBe(false);
    expect(processesNaming(home.name)).toEqual([]);
  }

  async function dsnOf(cell: string): Promise<string> {
    return (await variablesOf(home, cell, packageFolder))['DK_STORE_DSN_WAREHOUSE'] ?? '';
  }
});

/** Steps that say what they wait for. */
const talkative: readonly string[] = ['cluster', 'postgres', 'object-store', 'controller'];

const shortMs = 40;

function isMoment(event: Extract<Event, { step: string }>, when: Moment[1]): boolean {
  if (when !== 'middle') return event.type === `step-${when}`;
  if (!talkative.includes(event.step)) return event.type === 'step-started';
  return event.type === 'step-said' && /^k3d |is starting$/.test(event.what);
}
