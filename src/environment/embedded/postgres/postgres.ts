import { rm, rmdir } from 'node:fs/promises';
import { Failure } from '../../../failure.ts';
import type { Progress } from '../../../graph/step.ts';
import type { PostgresAddress } from '../../../tools/postgres-address.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { initialise, isInitialised } from './cluster.ts';
import { superuserName } from './initdb.ts';
import { allDataOf, commonBase, dataOf, type Paths, pathsOf } from './paths.ts';
import { findPostmaster, removeLeftMemory } from './postmaster.ts';
import { type ClusterRecord, readClusterRecord } from './record.ts';
import { findRoad, type RoadName } from './road.ts';
import { type ServerState, serverState, startServer, stopServer } from './server.ts';
import { type Env, serverEnv } from './server-env.ts';

export interface PostgresOptions {
  /** `<environment>/postgres`; made when it is needed, 0700. */
  readonly directory: string;
  readonly environmentId: string;
  readonly port: number;
  readonly env: Env;
  readonly uid: number | undefined;
  /** How PostgreSQL is to be run; found by trying when absent. */
  readonly road?: RoadName;
}

/** An environment's PostgreSQL server, which outlives the command that starts it. */
export interface Postgres {
  readonly logFile: string;
  /** Prerequisite Failure when there are none for this machine. */
  findBinaries(): Promise<Binaries>;
  isInitialised(): Promise<boolean>;
  initialise(progress: Progress): Promise<void>;
  state(): Promise<ServerState>;
  /** The port of a server of ours that lives, even if it does not answer yet. */
  portOfProcess(): Promise<number | undefined>;
  /** Does nothing to a server that runs on the wanted port; one on another port is started anew. */
  start(progress: Progress): Promise<void>;
  stop(): Promise<void>;
  superuser(): Promise<PostgresAddress>;
  /** Of the programs: `17.10`. */
  version(): Promise<string>;
  /** Stops the server and removes everything it has on disk. */
  destroy(): Promise<void>;
}

export function openPostgres(options: PostgresOptions): Postgres {
  const { port, environmentId } = options;
  const paths = pathsOf(options.directory, environmentId);
  const env = serverEnv(options.env);
  let binaries: Promise<Binaries> | undefined;
  const find = () =>
    (binaries ??= findBinaries({ ...env, DK_POSTGRES_BIN: options.env['DK_POSTGRES_BIN'] }, paths.programs));
  const roadOf = async (only: RoadName | undefined) =>
    findRoad(await find(), { env, uid: options.uid, commonFolder: paths.common, only });
  const server = { log: paths.log, port, name: `dk-${environmentId}` };
  return {
    logFile: paths.log,
    findBinaries: find,
    isInitialised: () => isInitialised(paths),
    async initialise({ signal, say }) {
      if (await isInitialised(paths)) return;
      say('looking for PostgreSQL');
      const road = await roadOf(options.road);
      say('making the data folder');
      await initialise(paths, road, env, signal);
    },
    async state() {
      if (!(await isInitialised(paths))) return { running: false, reason: 'it has no data folder yet' };
      const { road } = await recordOf(paths);
      return serverState({ data: dataOf(paths, road), port });
    },
    portOfProcess: () => portOfProcess(paths),
    async start(progress) {
      const { road } = await recordOf(paths);
      await startServer({ ...server, data: dataOf(paths, road) }, () => roadOf(road), env, progress);
    },
    stop: () => stopAll(paths),
    superuser: () => superuserAddress(paths, port),
    version: async () => (await find()).version,
    destroy: () => destroy(paths),
  };
}

async function recordOf(paths: Paths): Promise<ClusterRecord> {
  const record = await readClusterRecord(paths.record);
  if (record) return record;
  throw new Failure('prerequisite', {
    what: 'The PostgreSQL server has no data folder',
    next: 'dk dev up makes one',
  });
}

async function superuserAddress(paths: Paths, port: number): Promise<PostgresAddress> {
  const { password } = await recordOf(paths);
  return { host: '127.0.0.1', port, database: 'postgres', user: superuserName, password, sslmode: 'disable' };
}

/** Without the record, which may be lost. */
async function portOfProcess(paths: Paths): Promise<number | undefined> {
  const found = await Promise.all(allDataOf(paths).map(findPostmaster));
  return found.find((postmaster) => typeof postmaster !== 'string')?.port;
}

/** Without the record, too. */
async function stopAll(paths: Paths, how?: { readonly doomed: boolean }): Promise<void> {
  for (const data of allDataOf(paths)) await stopServer(data, how);
}

async function destroy(paths: Paths): Promise<void> {
  await stopAll(paths, { doomed: true });
  for (const data of allDataOf(paths)) await removeLeftMemory(data);
  for (const folder of [paths.directory, paths.common]) {
    // On macOS, a server that was killed may have left processes that write for a moment longer.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
  await rmdir(commonBase).catch(() => {}); // Others' environments may be in it.
}
