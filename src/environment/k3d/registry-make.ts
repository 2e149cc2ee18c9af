import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ownerLabels } from '../../cells/ownership.ts';
import type { Context } from '../../context.ts';
import { Failure, reasonOf } from '../../failure.ts';
import type { Docker } from '../../tools/docker.ts';
import { inspectImage, pullImage } from '../../tools/docker-images.ts';
import { createContainer } from '../../tools/docker-run.ts';
import { findFreePort, isFree } from '../../tools/ports.ts';
import { recordedPorts } from '../ports.ts';
import { describeHolder } from './cluster-make.ts';
import type { ClusterNames } from './cluster-names.ts';
import { formerPort, portLabel, type RegistryParts, registryPort } from './registry-found.ts';

interface RegistryMaker {
  readonly context: Context;
  readonly docker: Docker;
  /** Uuid of the environment. */
  readonly id: string;
  readonly names: ClusterNames;
}

const usualImage = 'registry:3';
const firstPort = 29_002;
const answerMs = 60_000;

/** Makes and starts the registry's container, on the data that there is; gives its port on 127.0.0.1. */
export async function makeRegistry(
  maker: RegistryMaker,
  found: RegistryParts | undefined,
  say: (what: string) => void,
): Promise<number> {
  const { context, docker, id, names } = maker;
  const image = context.env['DK_REGISTRY_IMAGE'] || usualImage;
  if (!(await inspectImage(docker, image))) {
    say(`pulling image ${image}`);
    await pullImage(docker, image);
  }
  // What has stopped may lead to a network or a port that is no longer there; all that matters is on the volume.
  if (found?.container) await docker.containers.remove(found.container.id);
  const port = await choosePort(maker, formerPort(found), say);
  await docker.volumes.create(names.registryVolume, { ...ownerLabels(id), [portLabel]: String(port) });
  await docker.containers.start(await createContainer(docker, registryContainer(maker, image, port)));
  return port;
}

/** Waits until the registry answers; a stillStarting Failure when the time is up. */
export async function waitForRegistry({ signal }: Pick<Context, 'signal'>, name: string, port: number): Promise<void> {
  for (const deadline = Date.now() + answerMs; ; ) {
    const why = await whyNoAnswer(port, signal);
    if (why === undefined) return;
    if (Date.now() > deadline) {
      throw new Failure('stillStarting', {
        what: `The registry ${name} did not answer within ${answerMs / 1000} s`,
        why: `http://localhost:${port}: ${why}`,
        next: `docker logs --tail 50 ${name}`,
      });
    }
    await pause(100, undefined, { signal });
  }
}

/**
 * As `k3d registry create` makes it, with k3d's labels, so that k3d knows it for a registry. Made by dk, as k3d puts no
 * labels of others on it and makes it privileged.
 */
function registryContainer({ id, names }: RegistryMaker, image: string, port: number) {
  return {
    name: names.registry,
    image,
    entrypoint: undefined,
    args: [],
    // Version 3 would look for a collector of traces, and fill its log with not finding one.
    env: { OTEL_TRACES_EXPORTER: 'none' },
    labels: {
      ...ownerLabels(id),
      app: 'k3d',
      // Of no cluster, to k3d: it would take it for a node.
      'k3d.cluster': '',
      'k3d.role': 'registry',
      'k3d.registry.host': '',
      'k3d.registry.hostIP': '127.0.0.1',
      'k3s.registry.port.external': String(port),
      'k3s.registry.port.internal': String(registryPort),
    },
    network: names.network,
    init: true,
    memory: undefined,
    cpus: undefined,
    server: {
      ports: [{ containerPort: registryPort, hostIp: '127.0.0.1', hostPort: port }],
      mounts: { '/var/lib/registry': names.registryVolume },
    },
  };
}

/** The one that it had, which charts name; no other environment's, be that up or down. */
async function choosePort(
  { context, docker }: RegistryMaker,
  had: number | undefined,
  say: (what: string) => void,
): Promise<number> {
  if (had !== undefined && (await isFree(had))) return had;
  const registries = await docker.containers.list({ app: 'k3d', 'k3d.role': 'registry' });
  const reserved = registries.map(({ labels }) => Number(labels['k3s.registry.port.external']));
  const port = await findFreePort(firstPort, new Set([...(await recordedPorts(context)), ...reserved]));
  if (had !== undefined) say(`port ${had} (registry) is taken: ${await describeHolder(had)}; using ${port} instead`);
  return port;
}

/** Not by `fetch`: in Node 20 it never ends where a connection is closed without an answer, and dk would end without a word. */
function whyNoAnswer(port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/v2/', agent: false, timeout: 5000, signal }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? undefined : `HTTP ${answer.statusCode}`);
    });
    request.once('timeout', () => request.destroy(new Error('no answer within 5 s')));
    request.once('error', (error) => resolve(reasonOf(error)));
  });
}
