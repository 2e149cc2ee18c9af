import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Docker, openDocker } from '../../src/tools/docker.ts';
import { findDockerEndpoint } from '../../src/tools/docker-endpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'dk-docker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (env: Record<string, string | undefined>, signal = new AbortController().signal) =>
  openDocker({ env: { DOCKER_CONFIG: join(folder, 'none'), ...env }, signal });

describe('the engine that the docker CLI would use', () => {
  const config = join(folder, 'config');

  beforeAll(() => {
    for (const [name, host] of [
      ['colima', 'unix:///home/someone/.colima/docker.sock'],
      ['far', 'ssh://someone@build.example'],
    ] as const) {
      const meta = join(config, 'contexts/meta', createHash('sha256').update(name).digest('hex'));
      mkdirSync(meta, { recursive: true });
      writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
    }
    writeFileSync(join(config, 'config.json'), JSON.stringify({ currentContext: 'colima' }));
  });

  it('is the one of DOCKER_HOST before any other', async () => {
    const env = { DOCKER_HOST: 'unix:///run/user/1000/docker.sock', DOCKER_CONTEXT: 'far', DOCKER_CONFIG: config };
    expect(await findDockerEndpoint(env)).toMatchObject({ socketPath: '/run/user/1000/docker.sock' });
    expect(await findDockerEndpoint({ DOCKER_HOST: 'tcp://localhost:2375' })).toMatchObject({ port: 2375 });
  });

  it('is the one of the current context', async () => {
    const endpoint = { socketPath: '/home/someone/.colima/docker.sock', from: 'docker context colima' };
    expect(await findDockerEndpoint({ DOCKER_CONFIG: config })).toEqual(endpoint);
    expect(await findDockerEndpoint({ DOCKER_CONFIG: config, DOCKER_CONTEXT: 'default' })).toMatchObject({
      socketPath: '/var/run/docker.sock',
    });
  });

  it('is found by HOME where DOCKER_CONFIG says nothing', async () => {
    const home = join(folder, 'home');
    mkdirSync(join(home, '.docker'), { recursive: true });
    writeFileSync(join(home, '.docker/config.json'), '{"currentContext":"gone"}');
    await expect(findDockerEndpoint({ HOME: home })).rejects.toMatchObject({
      kind: 'prerequisite',
      message: 'The docker context gone does not exist',
    });
    expect(await findDockerEndpoint({ HOME: folder })).toMatchObject({ socketPath: '/var/run/docker.sock' });
  });

  it('has to be on this machine', async () => {
    for (const env of [{ DOCKER_HOST: 'tcp://10.0.0.7:2376' }, { DOCKER_CONFIG: config, DOCKER_CONTEXT: 'far' }]) {
      await expect(findDockerEndpoint(env)).rejects.toMatchObject({
        kind: 'prerequisite',
        why: [expect.stringContaining('this machine')],
      });
    }
  });
});

describe('an engine that cannot be used', () => {
  it('is not installed where there is neither a socket nor the program', async () => {
    const docker = await open({ DOCKER_HOST: `unix://${join(folder, 'no.sock')}`, PATH: folder });
    await expect(docker.ping()).rejects.toMatchObject({
      kind: 'prerequisite',
      message: 'No container engine was found',
      next: expect.arrayContaining([expect.stringContaining('--engine embedded')]),
    });
  });

  it('is not running where nobody listens', async () => {
    const docker = await open({ DOCKER_HOST: 'tcp://127.0.0.1:1' });
    await expect(docker.containers.list({})).rejects.toMatchObject({
      kind: 'prerequisite',
      message: 'The container engine is not running',
      why: [expect.stringContaining('tcp://127.0.0.1:1 (DOCKER_HOST)')],
    });
  });

  it('does not answer where somebody listens and is silent', async () => {
    const socket = join(folder, 'silent.sock');
    const server = createServer(() => {}).listen(socket);
    try {
      const docker = await open({ DOCKER_HOST: `unix://${socket}` });
      await expect(docker.ping()).rejects.toMatchObject({
        kind: 'prerequisite',
        message: 'The container engine does not answer',
        why: [expect.stringContaining('within 3 s')],
      });
      const reason = new Error('Ctrl-C');
      const aborting = new AbortController();
      const interrupted = (await open({ DOCKER_HOST: `unix://${socket}` }, aborting.signal)).containers.list({});
      aborting.abort(reason);
      await expect(interrupted).rejects.toBe(reason);
    } finally {
      server.close();
    }
  });
});

const answers = await openDocker({ env: process.env, signal: AbortSignal.timeout(10_000) })
  .then((docker) => docker.ping())
  .then(
    () => true,
    () => false,
  );

describe.skipIf(!answers)(`a running engine${answers ? '' : ' (none answers here)'}`, () => {
  const name = `dk-test-${randomUUID().slice(0, 8)}`;
  const labels = { 'dk.test': name };
  let docker: Docker;

  beforeAll(async () => {
    docker = await openDocker({ env: process.env, signal: new AbortController().signal });
    await docker.ping();
  });
  afterAll(async () => {
    await docker.containers.remove(name);
    await docker.volumes.remove(name);
    await docker.networks.remove(name);
  });

  it('makes, finds and removes volumes and networks by their labels', async () => {
    for (const things of [docker.volumes, docker.networks]) {
      expect(await things.inspect(name)).toBeUndefined();
      await things.create(name, labels);
      expect(await things.inspect(name)).toMatchObject({ name, labels });
      expect(await things.list(labels)).toMatchObject([{ name }]);
      expect(await things.list({ ...labels, other: 'label' })).toEqual([]);
      await things.remove(name);
      await things.remove(name);
      expect(await things.list(labels)).toEqual([]);
    }
  });

  it('does not make a second network of a name', async () => {
    await docker.networks.create(name, labels);
    await expect(docker.networks.create(name, {})).rejects.toMatchObject({
      kind: 'unhealthy',
      why: [expect.stringContaining('already exists')],
    });
  });

  it('starts, stops and removes containers, however often it is asked', async ({ skip }) => {
    const [image] = (await docker.images.list({})).filter((each) => each.name.startsWith('alpine:'));
    skip(!image, 'the engine has no image alpine');
    await docker.client.createContainer({
      name,
      Image: image?.name ?? '',
      Cmd: ['sleep', '600'],
      Labels: labels,
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '24321' }] } },
    });
    const ports = [{ containerPort: 80, hostIp: '127.0.0.1', hostPort: 24_321 }];
    expect(await docker.containers.inspect(name)).toMatchObject({ state: 'created', startedAt: undefined, ports });
    for (const _ of [1, 2]) await docker.containers.start(name);
    expect(await docker.containers.list(labels)).toMatchObject([{ name, state: 'running', networks: ['bridge'] }]);
    for (const _ of [1, 2]) await docker.containers.stop(name, 0);
    expect(await docker.containers.inspect(name)).toMatchObject({ state: 'exited', ports });
    await Promise.all([docker.containers.remove(name), docker.containers.remove(name)]);
    expect(await docker.containers.inspect(name)).toBeUndefined();
  });
});
