import { existsSync } from 'node:fs';
import type { Context } from '../../context.ts';
import { readLines } from '../../tools/read-lines.ts';
import { type Environment, type Service, serverNames } from '../environment.ts';
import { type EnvironmentRecord, environmentDirectory } from '../state.ts';
import { type EmbeddedWorld, openWorld } from './world.ts';

/** An embedded environment as the commands above it see it. */
export function openEmbedded(context: Context, record: EnvironmentRecord): Environment {
  const world = openWorld(context, record);
  const directory = environmentDirectory(context, record.name);
  return {
    name: record.name,
    id: record.id,
    engine: record.engine,
    directory,
    cells: world.cells,
    serviceNames: serverNames,
    services: () => Promise.all([postgresService(world), objectStoreService(world)]),
    missingServers: () => missingServers(world),
    logs: (service, options) => logs(context, world, service, options),
  };
}

async function postgresService({ postgres, endpoints }: EmbeddedWorld): Promise<Service> {
  const state = await postgres.state();
  const common = { name: 'postgres' as const, address: endpoints.postgres.host, logFile: postgres.logFile };
  return state.running
    ? { ...common, state: 'running', pid: state.pid }
    : { ...common, state: 'stopped', reason: state.reason };
}

async function objectStoreService({ objectStore, endpoints }: EmbeddedWorld): Promise<Service> {
  const state = await objectStore.state();
  const common = { name: 'object-store' as const, address: endpoints.s3.host, logFile: objectStore.logFile };
  return state.running
    ? { ...common, state: 'running', pid: state.pid }
    : { ...common, state: 'stopped', reason: state.reason };
}

async function* logs(
  { secrets, signal }: Context,
  { postgres, objectStore }: EmbeddedWorld,
  service: Service['name'],
  { follow }: { readonly follow: boolean },
): AsyncGenerator<string> {
  const superuser = await postgres.superuser().catch(() => undefined);
  const root = await objectStore.keys.root();
  secrets.add([superuser?.password, root?.secretAccessKey].filter((value) => value !== undefined));
  const { logFile } = service === 'postgres' ? postgres : objectStore;
  // The environment may be removed meanwhile.
  const goesOn = async () => existsSync(logFile);
  yield* readLines(logFile, follow ? { goesOn, signal } : undefined);
}

async function missingServers({ postgres, objectStore }: EmbeddedWorld): Promise<readonly Service['name'][]> {
  const [database, store] = await Promise.all([postgres.state(), objectStore.portOfProcess()]);
  return [
    ...(database.running ? [] : ['postgres' as const]),
    ...(store === undefined ? ['object-store' as const] : []),
  ];
}
