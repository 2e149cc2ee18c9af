import { GenericContainer } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterOptions } from '../../src/environment/k3d/cluster.ts';
import { docker, newClusterOptions, openTestCluster, removeTestCluster, whyNoCluster } from './cluster-place.ts';

const why = whyNoCluster();

describe.skipIf(why)(`what others have under the name of a cluster${why ? ` (skipped: ${why})` : ''}`, () => {
  let options: ClusterOptions;

  beforeAll(async () => {
    options = await newClusterOptions();
  });
  afterAll(() => removeTestCluster(options));

  const server = () => `k3d-dk-${options.name}-server-0`;
  const owner = (id: string) => [
    ...['--label', 'app.kubernetes.io/managed-by=dk'],
    ...['--label', `datakit.infoblox.dev/environment=${id}`],
  ];
  const everything = () =>
    ['ps -a --no-trunc', 'volume ls', 'network ls --no-trunc'].map((list) =>
      docker(...list.split(' '), '--filter', `name=dk-${options.name}`, '--format', '{{json .}}').replace(
        /"(RunningFor|Status|CreatedAt)":"[^"]*"/g,
        '',
      ),
    );

  /** It is named, the failure says how to go on, and nothing is made or lost, not even by `remove`. */
  async function expectRefusal(part: string): Promise<void> {
    const before = everything();
    const cluster = await openTestCluster(options);
    expect(await cluster.state()).toMatchObject({ kind: 'foreign', parts: [part] });
    await expect(cluster.ensure(() => {})).rejects.toMatchObject({
      kind: 'refused',
      why: [expect.stringContaining(part)],
      next: expect.arrayContaining([expect.stringContaining('--env')]),
    });
    await cluster.stop();
    await cluster.remove();
    expect(everything()).toEqual(before);
  }

  it('refuses a cluster that k3d made for somebody', async () => {
    const theirs = await new GenericContainer('alpine:3')
      .withName(server())
      .withLabels({ app: 'k3d', 'k3d.cluster': `dk-${options.name}` })
      .withCommand(['sleep', '600'])
      .start();
    try {
      await expectRefusal(`container ${server()}`);
      expect(docker('inspect', '--format', '{{.State.Running}}', server())).toBe('true');
    } finally {
      await theirs.stop();
    }
  });

  it('refuses the volume of another environment', async () => {
    const volume = `dk-${options.name}-data`;
    docker('volume', 'create', ...owner('00000000-0000-4000-8000-000000000000'), volume);
    try {
      await expectRefusal(`volume ${volume}`);
    } finally {
      docker('volume', 'rm', volume);
    }
  });

  it('refuses a network without labels', async () => {
    const network = `k3d-dk-${options.name}`;
    docker('network', 'create', network);
    try {
      await expectRefusal(`network ${network}`);
    } finally {
      docker('network', 'rm', network);
    }
  });

  it("refuses a helper of k3d that is not on the environment's network", async () => {
    const tools = `k3d-dk-${options.name}-tools`;
    docker('create', '--name', tools, '--label', `k3d.cluster=dk-${options.name}`, 'alpine:3', 'true');
    docker('network', 'create', ...owner(options.id), `k3d-dk-${options.name}`);
    try {
      const cluster = await openTestCluster(options);
      expect(await cluster.state()).toMatchObject({ kind: 'foreign', parts: [`container ${tools}`] });
    } finally {
      docker('rm', '--force', tools);
    }
  });
});
