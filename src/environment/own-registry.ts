import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { printNote } from '../report/result.ts';
import type { EnvironmentCluster } from './environment.ts';
import { withEnvironmentLock } from './record.ts';
import { needRunning } from './select.ts';
import { readRecord } from './state.ts';

/** A registry that an environment keeps for itself. */
export interface OpenedOwnRegistry {
  /** `localhost:29002` */
  readonly address: string;
  /** The cluster beside it. */
  readonly cluster: EnvironmentCluster;
}

/**
 * The registry of the environment of this name, running; with `make` it is made where nothing was published yet, without it
 * that is a notFound Failure. Undefined where there is no environment that could have one; a prerequisite Failure where it
 * is not up.
 */
export async function openOwnRegistry(
  context: Context,
  name: string,
  { make }: { readonly make: boolean },
): Promise<OpenedOwnRegistry | undefined> {
  if ((await readRecord(context, name))?.engine !== 'k3d') return undefined;
  const { cluster } = await needRunning(context, name);
  if (!cluster) return undefined;
  const found = await cluster.registry.find();
  if (found && 'address' in found) return { address: found.address, cluster };
  if (!found && !make) throw nothingPublished(context, name);
  return { address: await ensure(context, name, cluster), cluster };
}

const waitLockMs = 60_000;

/** Under the lock of ports, too: no two environments choose the same. */
function ensure(context: Context, name: string, { registry }: EnvironmentCluster): Promise<string> {
  const tell = (line: string) => void printNote(context, line);
  const wish = { name, waitLockMs, tell };
  const command = `publish to environment ${name}`;
  return withEnvironmentLock(context, wish, command, () =>
    withEnvironmentLock(context, { ...wish, name: '.ports' }, command, () => registry.ensure(tell)),
  );
}

function nothingPublished({ program }: Context, name: string): Failure {
  return new Failure('notFound', {
    what: `Nothing has been published in environment ${name}`,
    why: 'No registry is named, and its own is made by the first publish',
    next: [`${program} publish in the folder of a package`, 'Or name another registry: --registry, or DK_REGISTRY'],
  });
}
