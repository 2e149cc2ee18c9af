import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { findFreePort, isFree, portHolder } from '../tools/ports.ts';
import type { Engine } from './environment.ts';
import { type EnvironmentRecord, listEnvironments, readRecord } from './state.ts';

/** Below the ephemeral range and the NodePorts, away from the ports that servers of people's own use. */
const first = { postgres: 25_432, s3: 29_000, console: 29_500 } as const;

type Ports = EnvironmentRecord['ports'];

/** Ports for a new environment: free now, and not recorded by another environment that may be down. */
export async function choosePorts(context: Context, engine: Engine): Promise<Ports> {
  const taken = await recordedPorts(context);
  const ports = { postgres: await findFreePort(first.postgres, taken), s3: await findFreePort(first.s3, taken) };
  return engine === 'k3d' ? { ...ports, console: await findFreePort(first.console, taken) } : ports;
}

/** A recorded port that somebody else took meanwhile is replaced; `tell` hears who holds it. */
export async function keepOrReplace(
  context: Context,
  record: EnvironmentRecord,
  ours: Readonly<Partial<Record<keyof Ports, boolean>>>,
  tell: (line: string) => void,
): Promise<EnvironmentRecord> {
  const ports = { ...record.ports };
  for (const name of ['postgres', 's3', 'console'] as const) {
    const had = ports[name];
    if (had === undefined || ours[name] || (await isFree(had))) continue;
    const port = await findFreePort(first[name], new Set([...(await recordedPorts(context)), ...Object.values(ports)]));
    tell(`port ${had} (${name}) is taken by ${await describeHolder(had)}: using ${port} instead`);
    ports[name] = port;
  }
  return { ...record, ports };
}

async function describeHolder(port: number): Promise<string> {
  const holder = await portHolder(port);
  return holder ? `${holder.program} (pid ${holder.pid})` : 'a process of another user';
}

/** All that environments have, be they up or down; no new one takes them. */
export async function recordedPorts(context: Context): Promise<ReadonlySet<number>> {
  const records = await Promise.all((await listEnvironments(context)).map((name) => readIfReadable(context, name)));
  return new Set(records.flatMap((record) => (record ? Object.values(record.ports) : [])));
}

/** Another environment's broken record is that one's matter. */
async function readIfReadable(context: Context, name: string): Promise<EnvironmentRecord | undefined> {
  try {
    return await readRecord(context, name);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
