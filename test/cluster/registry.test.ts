import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterHome, makeClusterHome, whyNoKubectl } from '../helpers/cluster-home.ts';
import type { Ran } from '../helpers/dk.ts';
import { fixture } from '../lint/temporary.ts';
import { docker, whyNoCluster } from './cluster-place.ts';

const why = whyNoCluster() ?? whyNoKubectl();

describe.skipIf(why)(`the registry of an environment's own${why ? ` (${why})` : ''}`, () => {
  let home: ClusterHome;
  let folder: string;
  let host: string;
  let image: string;
  const registry = () => `k3d-dk-${home.name}-registry`;
  const server = () => `k3d-dk-${home.name}-server-0`;
  const attempt = (...args: readonly string[]): Promise<Ran> => home.dk(args, { cwd: folder });
  const dk = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await attempt(...args);
    return ran.code === 0 ? ran : expect.fail(`dk ${args.join(' ')}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`);
  };
  const json = async (...args: readonly string[]) => JSON.parse((await dk(...args, '-o', 'json')).stdout);
  const stepsOf = ({ stderr }: Ran) => stderr.split('\n').filter((line) => /registry/i.test(line));
  const phase = () => home.kubectl('get', 'pkgd', 'good-node', '-n', 'dk-local', '-o', 'jsonpath={.status.phase}');

  beforeAll(async () => {
    home = makeClusterHome();
    folder = join(home.directory, 'good-node');
    cpSync(fixture('good-node'), folder, { recursive: true });
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
        cwd: folder,
        env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null' },
      });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'All of it');
    expect(stepsOf(await dk('dev', 'up'))).toEqual([]);
  });
  afterAll(async () => {
    await home?.close();
    if (image !== undefined) docker('rmi', '--force', image);
  });

  it('is not there while nothing was published, and that is said', async () => {
    for (const command of [['search'], ['deploy', 'good-node', '--cell', 'local']]) {
      const { code, stderr } = await attempt(...command);
      expect(code, stderr).toBe(4);
      expect(stderr).toContain(`Nothing has been published in environment ${home.name}`);
      expect(stderr).toContain('publish in the folder of a package');
    }
    expect(home.inDocker()).not.toContain(`container ${registry()}`);
  });

  it('is made by the first publish, on loopback only, as k3d knows registries, and privileged to nothing', async () => {
    const published = await json('publish');
    host = published.registry;
    expect(host).toMatch(/^localhost:29\d{3}$/);
    expect(published).toMatchObject({ chart: { outcome: 'pushed' }, image: { outcome: 'pushed' } });
    image = published.image.reference;
    expect(image).toMatch(new RegExp(`^${host}/good-node:`));
    const [{ Config, HostConfig }] = JSON.parse(docker('inspect', registry()));
    expect(HostConfig.PortBindings).toEqual({ '5000/tcp': [{ HostIp: '127.0.0.1', HostPort: host.split(':')[1] }] });
    expect(HostConfig.Privileged).toBe(false);
    expect(Config.Labels['app.kubernetes.io/managed-by']).toBe('dk');
    expect(execFileSync('k3d', ['registry', 'list', '--no-headers'], { encoding: 'utf8' })).toMatch(
      new RegExp(`^${registry()}\\s+registry\\s.*running`, 'm'),
    );
    expect(await json('publish')).toMatchObject({ registry: host, chart: { outcome: 'unchanged' } });
  });

  it('is where search looks, and where deploy finds what then runs, though no registry is named', async () => {
    expect((await dk('search', 'good')).stdout).toMatch(/good-node\s+1\.0\.0-g[0-9a-f]{7}\s/);
    await dk('deploy', 'good-node', '--cell', 'local', '--run');
    await expect.poll(phase, { timeout: 120_000, interval: 500, message: 'it has run' }).toBe('Succeeded');
  });

  it('is known to the node under the name that charts have for it', () => {
    pullInNode();
  });

  it('is left as it is by an up that finds all there', async () => {
    const before = docker('inspect', registry());
    const { stderr } = await dk('dev', 'up');
    expect(stderr.split('\n').filter((line) => line.startsWith('+'))).toEqual([]);
    expect(docker('inspect', registry())).toBe(before);
  });

  it('is stopped by down, and started by up with all that was published', async () => {
    await dk('dev', 'down');
    expect(docker('inspect', '--format', '{{.State.Running}}', registry())).toBe('false');
    const { code, stderr } = await attempt('search');
    expect([code, stderr]).toEqual([3, expect.stringContaining('is not up')]);
    await dk('dev', 'up');
    expect(await json('search')).toMatchObject({ registry: host, packages: [{ name: 'good-node' }] });
  });

  it('is known to a node that was made anew', async () => {
    docker('rm', '--force', '--volumes', server());
    await dk('dev', 'up');
    pullInNode();
  });

  it('is made again on its port when its container is lost, and on another one when that is taken', async () => {
    docker('rm', '--force', registry());
    expect(await json('search')).toMatchObject({ registry: host, packages: [{ name: 'good-node' }] });
    docker('rm', '--force', registry());
    const holder = createServer().listen(Number(host.split(':')[1]), '127.0.0.1');
    try {
      const ran = await dk('search', '-o', 'json');
      expect(ran.stderr).toContain(`port ${host.split(':')[1]} (registry) is taken`);
      const found = JSON.parse(ran.stdout);
      expect(found).toMatchObject({ packages: [{ name: 'good-node' }] });
      expect(found.registry).not.toBe(host);
    } finally {
      holder.close();
    }
  });

  it('goes with the environment', async () => {
    await dk('dev', 'down', '--delete', '--yes');
    expect(home.inDocker()).toEqual([]);
  });

  /** What the kubelet of a k3s node would do, whose containerd looks into this folder. */
  function pullInNode(): void {
    const hosts = '/var/lib/rancher/k3s/agent/etc/containerd/certs.d';
    const ctr = ['exec', server(), 'ctr', '--namespace', 'dk-test'];
    docker(...ctr, 'images', 'pull', '--hosts-dir', hosts, image);
    docker(...ctr, 'images', 'rm', image);
  }
});
