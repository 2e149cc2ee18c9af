import { Failure } from '../../failure.ts';
import { type Docker, openDocker } from '../../tools/docker.ts';
import type { OwnRegistry } from '../environment.ts';
import { findRegistry, hasOwnRegistry, whereItServes } from './registry-found.ts';
import { makeRegistry, waitForRegistry } from './registry-make.ts';
import { mirrorFault, writeMirror } from './registry-mirror.ts';
import type { K3dWorld } from './world.ts';

/** The registry as the steps of `up` and `down` need it, too. */
export interface K3dRegistry extends OwnRegistry {
  /** Whether there is anything of it; an engine that does not answer has nothing. */
  wasMade(): Promise<boolean>;
  /** Why it, or the way from the node to it, is not as it should be. The node has to run. */
  fault(): Promise<string | undefined>;
  runs(): Promise<boolean>;
  /** Ends its container and keeps it. */
  stop(): Promise<void>;
}

/** Opens the registry of an environment; asks nothing yet. */
export function openOwnRegistry(world: Pick<K3dWorld, 'context' | 'id' | 'name' | 'cluster'>): K3dRegistry {
  const { context, id, name } = world;
  const { names } = world.cluster;
  const look = (docker: Docker) => findRegistry(docker, { id, name, names });

  return {
    async find() {
      const found = await look(await openDocker(context));
      const place = found && whereItServes(found, names);
      return place && ('port' in place ? { address: addressOf(place.port) } : place);
    },
    async ensure(say) {
      const docker = await openDocker(context);
      const found = await look(docker);
      const place = found && whereItServes(found, names);
      const port =
        place && 'port' in place ? place.port : await makeRegistry({ context, docker, id, names }, found, say);
      await waitForRegistry(context, names.registry, port);
      await writeMirror(docker, names, port);
      return addressOf(port);
    },
    async wasMade() {
      try {
        return await hasOwnRegistry(await openDocker(context), { id, name, names });
      } catch (error) {
        if (error instanceof Failure && error.kind === 'prerequisite') return false;
        throw error;
      }
    },
    async fault() {
      const docker = await openDocker(context);
      const found = await look(docker);
      if (!found) return 'it does not exist';
      const place = whereItServes(found, names);
      return 'port' in place ? mirrorFault(docker, names, place.port) : place.fault;
    },
    async runs() {
      return (await look(await openDocker(context)))?.container?.state === 'running';
    },
    async stop() {
      const docker = await openDocker(context);
      const container = (await look(docker))?.container;
      if (container) await docker.containers.stop(container.id);
    },
  };
}

function addressOf(port: number): string {
  return `localhost:${port}`;
}
