import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterOptions } from '../../src/environment/k3d/cluster.ts';
import { discoverCluster } from '../../src/environment/k3d/cluster-discover.ts';
import { openDocker } from '../../src/tools/docker.ts';
import { findFreePort } from '../../src/tools/ports.ts';
import { ranReal } from '../helpers/facts.ts';
import { docker, newClusterOptions, openTestCluster, removeTestCluster, whyNoCluster } from './cluster-place.ts';

const why = whyNoCluster();

describe.skipIf(why)(`the cluster of an environment${why ? ` (skipped: ${why})` : ''}`, () => {
  let options: ClusterOptions;
  let server: string;
  const said: string[] = [];
  const say = (line: string) => void said.push(line);

  beforeAll(async () => {
    options = await newClusterOptions();
    server = `k3d-dk-${options.name}-server-0`;
  });
  afterAll(() => removeTestCluster(options));

  it('is made where there is none, with its labels on everything and its ports on loopback only', async () => {
    ranReal('k3d cluster', server);
    const cluster = await openTestCluster(options);
    expect(await cluster.state()).toMatchObject({ kind: 'absent' });
    await cluster.ensure(say);
    expect(await cluster.state()).toEqual({ kind: 'running' });
    expect(await cluster.remains()).toEqual([
      `container ${server}`,
      expect.stringContaining(`volume `),
      expect.stringContaining(`volume `),
      `network k3d-dk-${options.name}`,
    ]);
    const [{ HostConfig, Mounts }] = JSON.parse(docker('inspect', server));
    const addresses = Object.values<{ HostIp: string }[]>(HostConfig.PortBindings).flat();
    expect(addresses.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1']);
    expect(JSON.stringify(Mounts)).not.toContain('docker.sock');
    expect(await cluster.kubeconfig()).toMatch(/server: https:\/\/127\.0\.0\.1:\d+/);
    docker('exec', server, 'sh', '-c', 'echo kept > /var/lib/dk/kept');
  });

  it('is left as it is while it runs', async () => {
    const before = docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', server);
    const cluster = await openTestCluster(options);
    await cluster.ensure(say);
    expect(docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', server)).toBe(before);
    expect(await cluster.holdsPorts()).toBe(true);
  });

  it('tells whose it is and where, to a dk that lost its record', async () => {
    const engine = await openDocker({ env: process.env, signal: new AbortController().signal });
    expect(await discoverCluster(engine, options.name)).toEqual({ id: options.id, ports: options.ports });
    expect(await discoverCluster(engine, `${options.name}-other`)).toBeUndefined();
  });

  it('is started again after it was stopped', async () => {
    const before = docker('inspect', '--format', '{{.Id}}', server);
    const cluster = await openTestCluster(options);
    await cluster.stop();
    expect(await cluster.state()).toMatchObject({ kind: 'stopped' });
    expect(await cluster.holdsPorts()).toBe(false);
    await cluster.ensure(say);
    expect(await cluster.state()).toEqual({ kind: 'running' });
    expect(docker('inspect', '--format', '{{.Id}}', server)).toBe(before);
  });

  it('is made anew on its data when the port of its API was taken while it was stopped', async () => {
    const cluster = await openTestCluster(options);
    const port = Number(/127\.0\.0\.1:(\d+)/.exec((await cluster.kubeconfig()) ?? '')?.[1]);
    await cluster.stop();
    const listener = await listen(port);
    try {
      await cluster.ensure(say);
    } finally {
      listener.close();
    }
    expect(said).toContainEqual(
      expect.stringMatching(`port ${port} .*taken.*node \\(pid ${process.pid}\\).*using \\d+`),
    );
    expect(await cluster.state()).toEqual({ kind: 'running' });
    expect(docker('exec', server, 'cat', '/var/lib/dk/kept')).toBe('kept');
  });

  it('takes an image of the engine into its node', async () => {
    const image = `dk-test-${options.name}:1`;
    const cluster = await openTestCluster(options);
    docker('tag', 'alpine:3', image);
    try {
      await cluster.importImage(image);
    } finally {
      docker('rmi', image);
    }
    expect(docker('exec', server, 'ctr', '-n', 'k8s.io', 'images', 'ls', '-q')).toContain(image);
  });

  it('names a port that was taken while it was stopped, and is made anew on its data with another one', async () => {
    const { ports } = options;
    const stopped = await openTestCluster(options);
    await stopped.stop();
    const listener = await listen(ports.postgres);
    try {
      const message = expect.stringMatching(new RegExp(`^The postgres of .*${ports.postgres}`));
      await expect(stopped.ensure(say)).rejects.toMatchObject({ kind: 'conflict', message });
      options = { ...options, ports: { ...ports, postgres: await findFreePort(ports.postgres + 10) } };
      const moved = await openTestCluster(options);
      expect(await moved.state()).toMatchObject({ kind: 'wrong-ports' });
      await moved.ensure(say);
      expect(await moved.state()).toEqual({ kind: 'running' });
    } finally {
      listener.close();
    }
    expect(docker('exec', server, 'cat', '/var/lib/dk/kept')).toBe('kept');
  });

  it('is made anew on its data when its node was removed', async () => {
    const cluster = await openTestCluster(options);
    docker('rm', '--force', '--volumes', server);
    expect(await cluster.state()).toMatchObject({ kind: 'node-missing' });
    await cluster.ensure(say);
    expect(await cluster.state()).toEqual({ kind: 'running' });
    expect(docker('exec', server, 'cat', '/var/lib/dk/kept')).toBe('kept');
  });

  it('goes as a whole, and only what carries its id', async () => {
    const other = `${server}-not-ours`;
    docker('run', '--detach', '--name', other, '--label', `k3d.cluster=dk-${options.name}`, 'alpine:3', 'sleep', '600');
    const cluster = await openTestCluster(options);
    try {
      await cluster.remove();
      expect(docker('ps', '--all', '--format', '{{.Names}}', '--filter', `label=k3d.cluster=dk-${options.name}`)).toBe(
        other,
      );
    } finally {
      docker('rm', '--force', other);
    }
    expect(await cluster.remains()).toEqual([]);
    expect(docker('volume', 'ls', '--quiet', '--filter', `name=dk-${options.name}`)).toBe('');
    expect(docker('network', 'ls', '--quiet', '--filter', `name=dk-${options.name}`)).toBe('');
    expect(readdirSync(options.directory)).toEqual([]);
    expect(await cluster.state()).toMatchObject({ kind: 'absent' });
  });
});

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const listener = createServer().once('error', reject);
    listener.listen(port, '127.0.0.1', () => resolve(listener));
  });
}
