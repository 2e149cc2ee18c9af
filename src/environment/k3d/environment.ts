import type { Context } from '../../context.ts';
import { Failure, reasonOf } from '../../failure.ts';
import { openDocker } from '../../tools/docker.ts';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import { nodeHolds } from '../../tools/node-images.ts';
import { isFree } from '../../tools/ports.ts';
import { linesOf } from '../../tools/read-lines.ts';
import { type Environment, type EnvironmentCluster, type Service, serverNames } from '../environment.ts';
import { devCommand } from '../names.ts';
import { type EnvironmentRecord, environmentDirectory } from '../state.ts';
import { controllerFault, controllerPod, systemNamespace } from './controller-rollout.ts';
import { infraNamespace } from './infra.ts';
import { rolloutFault } from './infra-rollout.ts';
import { openOwnRegistry } from './registry.ts';
import type { InfraServer } from './secrets.ts';
import { type K3dWorld, openWorld } from './world.ts';

/** A k3d environment as the commands above it see it. */
export async function openK3dEnvironment(context: Context, record: EnvironmentRecord): Promise<Environment> {
  const world = await openWorld(context, record);
  return {
    name: record.name,
    id: record.id,
    engine: record.engine,
    directory: environmentDirectory(context, record.name),
    cells: world.cells,
    cluster: clusterOf(context, world),
    serviceNames: [...serverNames, 'controller'],
    services: () => services(world),
    logs: (service, options) => logs(context, world, service, options),
    async missingServers() {
      // Docker listens on the node's ports as long as it runs.
      const [postgres, s3] = await Promise.all([isFree(record.ports.postgres), isFree(record.ports.s3)]);
      return [...(postgres ? ['postgres' as const] : []), ...(s3 ? ['object-store' as const] : [])];
    },
  };
}

function clusterOf(context: Context, world: K3dWorld): EnvironmentCluster {
  const { cluster, kubeconfigFile } = world;
  const { network, server, context: name } = cluster.names;
  return {
    network,
    login: { kubeconfig: [kubeconfigFile], context: name },
    images: {
      holds: async (image) => nodeHolds(await openDocker(context), server, image),
      bring: (image) => cluster.importImage(image),
    },
    registry: openOwnRegistry(world),
  };
}

async function* logs(
  context: Context,
  world: K3dWorld,
  service: Service['name'],
  { follow }: { readonly follow: boolean },
): AsyncGenerator<string> {
  // Known from here on, and never shown.
  await Promise.all([world.superuser(), world.rootKey()]);
  const kubernetes = await world.kubernetes();
  const { namespace, pod } = await podOf(kubernetes, service);
  const stream = await kubernetes.logs({ namespace, pod, follow });
  try {
    yield* linesOf(stream);
  } catch (cause) {
    context.signal.throwIfAborted();
    const next = devCommand(context, 'status', world.name);
    throw new Failure('unhealthy', { what: `The log of ${pod} was cut off`, why: reasonOf(cause), next, cause });
  }
}

async function podOf(kubernetes: Kubernetes, service: Service['name']) {
  switch (service) {
    case 'postgres':
      return { namespace: infraNamespace, pod: 'postgres-0' };
    case 'object-store':
      return { namespace: infraNamespace, pod: 'minio-0' };
    case 'controller':
      return { namespace: systemNamespace, pod: await controllerPod(kubernetes) };
  }
}

async function services(world: K3dWorld): Promise<readonly Service[]> {
  const state = await world.cluster.state();
  const down = state.kind === 'running' ? undefined : `the cluster ${world.cluster.names.cluster}: ${state.why}`;
  return Promise.all([service(world, 'postgres', down), service(world, 'minio', down), controller(world, down)]);
}

async function controller({ context, kubernetes }: K3dWorld, down: string | undefined): Promise<Service> {
  const reason = down ?? (await controllerFault(await kubernetes(), context.now()));
  return reason === undefined
    ? { name: 'controller', state: 'running' }
    : { name: 'controller', state: 'stopped', reason };
}

async function service(world: K3dWorld, server: InfraServer, down: string | undefined): Promise<Service> {
  const [name, endpoint] =
    server === 'postgres'
      ? (['postgres', world.endpoints.postgres] as const)
      : (['object-store', world.endpoints.s3] as const);
  const reason = down ?? (await rolloutFault(await world.kubernetes(), server));
  const address = endpoint.host;
  return reason === undefined ? { name, state: 'running', address } : { name, state: 'stopped', address, reason };
}
