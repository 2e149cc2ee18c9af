import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnvironmentRecord } from '../../src/environment/state.ts';
import type { Event } from '../../src/graph/events.ts';
import { type ClusterHome, makeClusterHome } from '../helpers/cluster-home.ts';
import { collect, type Ran, repository } from '../helpers/dk.ts';
import { query, variablesOf } from '../helpers/outside.ts';
import { docker, whyNoCluster } from './cluster-place.ts';

const packageFolder = join(repository, 'examples/pg-to-s3');
const why = whyNoCluster();
const cells = ['canary', 'dev-jane', 'local'] as const;

describe.skipIf(why)(`what a k3d environment has lost${why ? ` (skipped: ${why})` : ''}`, () => {
  let home: ClusterHome;
  let id: string;
  const listeners: Server[] = [];

  beforeAll(() => {
    home = makeClusterHome();
  });
  afterAll(async () => {
    for (const listener of listeners) listener.close();
    await home?.close();
  });

  it('is a port, to somebody who was quicker than k3d: another one is taken', async () => {
    const child = home.start(['dev', 'up', '--cell', 'canary', '--cell', 'dev-jane', '--json-events']);
    if (!child.stderr) throw new Error('no stderr');
    let taken: number | undefined;
    createInterface({ input: child.stderr }).on('line', (line) => {
      const event = line.startsWith('{') ? (JSON.parse(line) as Event) : undefined;
      if (taken !== undefined || event?.type !== 'step-started' || event.step !== 'cluster') return;
      taken = record().ports.s3;
      void listenOn(taken);
    });
    const ran = await collect(child);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`port ${taken} (s3) is taken by node (pid ${process.pid})`);
    expect(record().ports.s3).not.toBe(taken);
    ({ id } = record());
    for (const cell of cells) await query(await dsnOf(cell), `CREATE TABLE kept AS SELECT '${cell}' AS cell`);
  });

  it('is its state, while the cluster runs', async () => {
    loseState();
    await upFindsAll();
  });

  it('is its state, while the cluster is stopped', async () => {
    await dk('dev', 'down');
    loseState();
    await upFindsAll();
  });

  it('is its state, and then it is to be stopped', async () => {
    loseState();
    await dk('dev', 'down');
    expect(docker('inspect', '--format', '{{.State.Running}}', server())).toBe('false');
  });

  it('is its state and its node', async () => {
    docker('rm', '--force', '--volumes', server());
    loseState();
    await upFindsAll();
  });

  it('is a port, while it was stopped: the node is made anew with another one', async () => {
    await dk('dev', 'down');
    const { postgres } = record().ports;
    await listenOn(postgres);
    const { stderr } = await upFindsAll();
    expect(stderr).toContain(`port ${postgres} (postgres) is taken by node (pid ${process.pid})`);
    expect(stderr).toContain(`its postgres has port ${postgres} instead of `);
    for (const cell of cells) {
      const store = JSON.parse(home.kubectl('get', 'store', 'warehouse', '-n', `dk-${cell}`, '-o', 'json'));
      const host = store.metadata.annotations['datakit.infoblox.dev/host-endpoint'];
      expect(host).toBe(`127.0.0.1:${record().ports.postgres}`);
      expect(new URL(await dsnOf(cell)).host).toBe(host);
      const secret = JSON.parse(home.kubectl('get', 'secret', 'warehouse', '-n', `dk-${cell}`, '-o', 'json'));
      expect(Buffer.from(secret.data.PG_PORT, 'base64').toString()).toBe('5432');
    }
  });

  it('is its state, and then it is to be removed', async () => {
    loseState();
    await dk('dev', 'down', '--delete', '--yes');
    expect(home.inDocker()).toEqual([]);
    expect(existsSync(join(home.directory, '.kube'))).toBe(false);
    expect(existsSync(home.state)).toBe(false);
  });

  const server = () => `k3d-dk-${home.name}-server-0`;
  const loseState = () => rmSync(home.state, { recursive: true, force: true });
  const record = () =>
    JSON.parse(
      readFileSync(join(home.state, 'environments', home.name, 'environment.json'), 'utf8'),
    ) as EnvironmentRecord;

  /** One `up` that names no cell makes everything as it was. */
  async function upFindsAll(): Promise<Ran> {
    const ran = await dk('dev', 'up');
    expect(record().id).toBe(id);
    const found = home.kubectl('get', 'cells', '-o', 'jsonpath={.items[*].metadata.name}').split(' ');
    expect(found.sort()).toEqual(cells);
    for (const cell of cells) {
      expect(await query(await dsnOf(cell), 'SELECT * FROM kept')).toEqual([{ cell }]);
      await dk('store', 'check', 'lake-raw', '--cell', cell);
    }
    const { stderr } = await dk('dev', 'up');
    expect(stderr.split('\n').filter((line) => line.startsWith('+'))).toEqual([]);
    return ran;
  }

  async function dk(...args: readonly string[]): Promise<Ran> {
    const ran = await home.dk(args);
    expect(ran.code, `dk ${args.join(' ')}: ${ran.stderr}`).toBe(0);
    return ran;
  }

  async function dsnOf(cell: string): Promise<string> {
    return (await variablesOf(home, cell, packageFolder))['DK_STORE_DSN_WAREHOUSE'] ?? '';
  }

  async function listenOn(port: number): Promise<void> {
    const listener = createServer().listen(port, '127.0.0.1');
    listeners.push(listener);
    await once(listener, 'listening');
  }
});
