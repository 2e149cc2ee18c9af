import { randomUUID } from 'node:crypto';
import { K3sContainer, type StartedK3sContainer } from '@testcontainers/k3s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Docker, openDocker } from '../../src/tools/docker.ts';
import { importImage, nodeHolds } from '../../src/tools/node-images.ts';
import { createTestContext } from '../helpers/context.ts';
import { ranReal } from '../helpers/facts.ts';
import { docker } from './cluster-place.ts';
import { image as nodeImage, noImage } from './kubernetes-cluster.ts';

describe.skipIf(!nodeImage)(`images of a node${nodeImage ? '' : ` (${noImage})`}`, () => {
  const image = `dk-test-${randomUUID()}:1`;
  let engine: Docker;
  let started: StartedK3sContainer;
  let node: string;

  beforeAll(async () => {
    ranReal('Kubernetes node image', nodeImage ?? '');
    engine = await openDocker(createTestContext({ env: process.env }).context);
    started = await new K3sContainer(nodeImage ?? '').start();
    node = started.getId();
    docker('tag', 'alpine:3', image);
  });
  afterAll(async () => {
    docker('rmi', image);
    await started?.stop();
  });

  it('come from the engine, as often as they are asked for', async () => {
    expect(await nodeHolds(engine, node, image)).toBe(false);
    for (let round = 0; round < 5; round += 1) await importImage(engine, node, image);
    expect(await nodeHolds(engine, node, image)).toBe(true);
    expect(docker('exec', node, 'ctr', '-n', 'k8s.io', 'images', 'ls', '-q')).toContain(image);
  });

  it('that the engine does not have are told as such', async () => {
    await expect(importImage(engine, node, 'dk-test/nobody-has-it:1')).rejects.toMatchObject({
      kind: 'unhealthy',
      message: `The container engine did not copy image dk-test/nobody-has-it:1 into ${node}`,
      why: [expect.stringContaining('nobody-has-it')],
    });
    expect(await nodeHolds(engine, node, 'dk-test/nobody-has-it:1')).toBe(false);
  });

  it('that do not arrive are a failure with the words of the node, and a command to see it again', async () => {
    const noNode = docker('run', '--detach', 'busybox:1.37', 'sleep', '600');
    try {
      await expect(importImage(engine, noNode, image)).rejects.toMatchObject({
        kind: 'unhealthy',
        message: `Image ${image} did not arrive in ${noNode}`,
        why: [expect.stringMatching(/ctr.*not found/)],
        next: [`docker save ${image} | docker exec -i ${noNode} ctr --namespace k8s.io images import -`],
      });
    } finally {
      docker('rm', '--force', '--volumes', noNode);
    }
  });
});
