import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { writeAtomically } from '../tools/atomic-file.ts';
import type { Engine } from './environment.ts';

/** What is kept of an environment; only ids and ports, everything else is read from the world. */
export interface EnvironmentRecord {
  readonly name: string;
  /** Uuid. */
  readonly id: string;
  readonly engine: Engine;
  readonly ports: { readonly postgres: number; readonly s3: number /** k3d only. */; readonly console?: number };
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Where all state lies: `$XDG_STATE_HOME/dk`, by default `~/.local/state/dk`. */
export function stateDirectory(context: Pick<Context, 'env'>): string {
  const xdg = context.env['XDG_STATE_HOME'];
  // The XDG specification says that a relative value is to be ignored.
  if (xdg?.startsWith('/')) return join(xdg, 'dk');
  const home = context.env['HOME'];
  // So does a HOME that servers with other working directories would not understand.
  return join(home?.startsWith('/') ? home : userInfo().homedir, '.local', 'state', 'dk');
}

/** Folder of one environment. */
export function environmentDirectory(context: Pick<Context, 'env'>, name: string): string {
  return join(stateDirectory(context), 'environments', name);
}

export function newRecord(
  name: string,
  engine: Engine,
  ports: EnvironmentRecord['ports'],
  now: Date,
  id: string = randomUUID(),
): EnvironmentRecord {
  return { name, id, engine, ports, createdAt: now.toISOString() };
}

/** The record of an environment, or undefined where there is none; a conflict Failure for a file that dk did not write. */
export async function readRecord(context: Pick<Context, 'env'>, name: string): Promise<EnvironmentRecord | undefined> {
  const file = recordFile(context, name);
  const text = await readFile(file, 'utf8').catch(ignoreMissing);
  if (text === undefined) return undefined;
  const record = parseRecord(text);
  if (record?.name === name) return record;
  throw new Failure('conflict', {
    what: `The record of environment ${name} cannot be read`,
    why: `${file} is not what dk writes`,
    next: [`cat ${file}`, `Without the file, "dk dev up --env ${name}" makes the environment anew`],
  });
}

function parseRecord(text: string): EnvironmentRecord | undefined {
  try {
    const value = JSON.parse(text) as EnvironmentRecord;
    const { id, engine, ports } = value;
    const valid =
      typeof id === 'string' && ['k3d', 'embedded'].includes(engine) && isPort(ports.postgres) && isPort(ports.s3);
    return valid ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

export function writeRecord(context: Pick<Context, 'env'>, record: EnvironmentRecord): Promise<void> {
  return writeAtomically(recordFile(context, record.name), `${JSON.stringify(record, null, 2)}\n`);
}

/** Names of all environments that have a folder, sorted. */
export async function listEnvironments(context: Pick<Context, 'env'>): Promise<readonly string[]> {
  const folder = join(stateDirectory(context), 'environments');
  const entries = (await readdir(folder, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Removes an environment's folder. */
export async function removeState(context: Pick<Context, 'env'>, name: string): Promise<void> {
  await rm(environmentDirectory(context, name), { recursive: true, force: true });
}

/** Removes the folders above all environments and runs where nothing is left in them. */
export async function removeEmptyState(context: Pick<Context, 'env'>): Promise<void> {
  const state = stateDirectory(context);
  for (const folder of [join(state, 'environments'), join(state, 'runs'), join(state, 'locks'), state]) {
    await rmdir(folder).catch(() => undefined);
  }
}

function recordFile(context: Pick<Context, 'env'>, name: string): string {
  return join(environmentDirectory(context, name), 'environment.json');
}
