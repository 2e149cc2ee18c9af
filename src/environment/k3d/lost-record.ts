import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Context } from '../../context.ts';
import { openDocker } from '../../tools/docker.ts';
import { choosePorts } from '../ports.ts';
import { type EnvironmentRecord, newRecord, stateDirectory } from '../state.ts';
import { discoverCluster } from './cluster-discover.ts';
import { refusal } from './cluster-foreign.ts';
import { findCluster, foreignParts } from './cluster-found.ts';
import { clusterNames } from './cluster-names.ts';

/**
 * The uuid of a k3d environment, the same whenever it is made by the same user in the same place: an engine serves several
 * users and containers, and what is left of a lost state must be told from what is theirs.
 */
export function k3dId({ env, uid }: Pick<Context, 'env' | 'uid'>, name: string): string {
  const whose = JSON.stringify([hostname(), uid ?? null, stateDirectory({ env }), name]);
  const hash = createHash('sha256').update(whose).digest();
  // Version 8 of RFC 9562: a uuid of one's own making.
  hash[6] = 0x80 | ((hash[6] ?? 0) & 0x0f);
  hash[8] = 0x80 | ((hash[8] ?? 0) & 0x3f);
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A refused Failure where the engine has something under the name that no environment of this user's and place's made. */
export async function requireFreeName(context: Context, name: string): Promise<void> {
  const names = clusterNames(name);
  const found = await findCluster(await openDocker(context), names);
  const parts = foreignParts(k3dId(context, name), names, found);
  if (parts.length > 0) throw refusal(name, names, parts);
}

/** The record of an environment of ours whose files are lost, as its cluster in the engine tells it. */
export async function lostRecord(context: Context, name: string): Promise<EnvironmentRecord | undefined> {
  const found = await discoverCluster(await openDocker(context), name);
  if (found?.id !== k3dId(context, name)) return undefined;
  return newRecord(name, 'k3d', found.ports ?? (await choosePorts(context, 'k3d')), context.now(), found.id);
}
