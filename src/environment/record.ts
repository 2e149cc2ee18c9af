import { join } from 'node:path';
import type { Context } from '../context.ts';
import { withLock } from '../tools/lock.ts';
import { canUseK3d, chooseEngine } from './choose-engine.ts';
import { driverOf } from './engine.ts';
import type { Engine } from './environment.ts';
import { choosePorts, keepOrReplace } from './ports.ts';
import {
  type EnvironmentRecord,
  listEnvironments,
  newRecord,
  readRecord,
  stateDirectory,
  writeRecord,
} from './state.ts';

export interface LockWish {
  readonly name: string;
  readonly waitLockMs: number;
  readonly tell: (line: string) => void;
}

/** What a record is to be for. */
export interface RecordWish extends LockWish {
  /** Chosen by what the machine has when absent. */
  readonly engine: Engine | undefined;
}

/** One `up` or `down` at a time for one environment. */
export function withEnvironmentLock<Result>(
  context: Context,
  { name, waitLockMs, tell }: LockWish,
  command: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const file = join(stateDirectory(context), 'locks', `${name}.lock`);
  return withLock(file, { command, waitMs: waitLockMs, signal: context.signal, onWait: tell }, work);
}

/** The record with ports that can be used; new ones are written down under a lock: no two environments choose the same. */
export async function prepareRecord(context: Context, wish: RecordWish): Promise<EnvironmentRecord> {
  const existing = await readRecord(context, wish.name);
  if (existing) {
    await chooseEngine(context, wish.engine, existing);
    const ours = await portsInUse(context, existing);
    if (Object.values(ours).every(Boolean)) return existing;
  }
  return withEnvironmentLock(context, { ...wish, name: '.ports' }, 'dev up', async () => {
    const record = await desiredRecord(context, wish);
    await writeRecord(context, record);
    return record;
  });
}

/** The record as `up` would write it; writes nothing. */
export async function desiredRecord(context: Context, { name, engine, tell }: RecordWish): Promise<EnvironmentRecord> {
  const existing = await readRecord(context, name);
  const chosen = await chooseEngine(context, engine, existing);
  if (existing) return keepOrReplace(context, existing, await portsInUse(context, existing), tell);
  const driver = await driverOf(chosen);
  const lost = await driver.lostRecord?.(context, name);
  if (lost) return keepOrReplace(context, lost, await portsInUse(context, lost), tell);
  await driver.requireTools?.(context);
  await driver.requireFreeName?.(context, name);
  const ports = await choosePorts(context, chosen);
  return newRecord(name, chosen, ports, context.now(), driver.newId?.(context, name));
}

/**
 * The record of an environment that is to be stopped or removed, even where its files are lost; undefined where nothing is
 * left. A refused Failure where what is there is somebody else's.
 */
export async function recordToStop(context: Context, name: string): Promise<EnvironmentRecord | undefined> {
  const record = await readRecord(context, name).catch(() => undefined);
  if (record) return record;
  const driver = (await canUseK3d(context)) ? await driverOf('k3d') : undefined;
  const lost = await driver?.lostRecord?.(context, name);
  if (lost) return lost;
  // Servers of this machine are found by what they write into the folder.
  const hasFolder = (await listEnvironments(context)).includes(name);
  if (hasFolder) return newRecord(name, 'embedded', { postgres: 0, s3: 0 }, context.now());
  await driver?.requireFreeName?.(context, name);
  return undefined;
}

/** Which of the recorded ports our own servers have. */
async function portsInUse(context: Context, record: EnvironmentRecord) {
  const driver = await driverOf(record.engine);
  const living = await driver.livingPorts(context, record);
  const { postgres, s3, console } = record.ports;
  return {
    postgres: living.postgres === postgres,
    s3: living.s3 === s3,
    ...(console !== undefined && { console: living.console === console }),
  };
}
