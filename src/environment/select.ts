import type { CellRepository } from '../cells/repository.ts';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { printNote } from '../report/result.ts';
import { openEnvironment } from './engine.ts';
import type { Environment } from './environment.ts';
import { environmentName } from './names.ts';
import { listEnvironments, readRecord } from './state.ts';

/** The environment of this name, or undefined where `dk dev up` has not made it. */
async function findEnvironment(context: Context, name: string): Promise<Environment | undefined> {
  const record = await readRecord(context, name);
  return record && openEnvironment(context, record);
}

/** The environment of this name; a prerequisite Failure where there is none. */
export async function needEnvironment(context: Context, name: string): Promise<Environment> {
  const environment = await findEnvironment(context, name);
  if (environment) return environment;
  const others = await listEnvironments(context);
  throw new Failure('prerequisite', {
    what: `There is no environment ${name}`,
    why: others.length === 0 ? 'No environment has been made yet' : `There are ${others.join(', ')}`,
    next: `${context.program} dev up${name === 'local' ? '' : ` --env ${name}`}`,
  });
}

/** The environment of this name with its servers running; a prerequisite Failure that says which one does not. */
export async function needRunning(context: Context, name: string): Promise<Environment> {
  const environment = await needEnvironment(context, name);
  const missing = await environment.missingServers();
  if (missing.length === 0) return environment;
  throw new Failure('prerequisite', {
    what: `Environment ${name} is not up`,
    why: `${missing.join(' and ')} ${missing.length === 1 ? 'does' : 'do'} not run`,
    next: `${context.program} dev up${name === 'local' ? '' : ` --env ${name}`}`,
  });
}

/** The environment of ours that `--context` means; the local one without it; undefined for another cluster's context. */
export async function meantEnvironment(context: Context, contextName: string | undefined): Promise<string | undefined> {
  if (contextName === undefined) return environmentName(context, undefined);
  return environmentOf(context, contextName, await listEnvironments(context));
}

/** The environment of this name, if it is there and up. */
export async function runningEnvironment(context: Context, name: string): Promise<Environment | undefined> {
  const environment = await findEnvironment(context, name);
  return environment && (await environment.missingServers()).length === 0 ? environment : undefined;
}

interface Wish {
  /** `--context`: an environment of ours, or a context of the user's kubeconfig. */
  readonly contextName: string | undefined;
  /** Whether the command changes anything. */
  readonly writing: boolean;
  /** `--confirm`: cells of tier stable or prod, outside our environments, that may be changed. */
  readonly confirmed?: readonly string[] | undefined;
}

/** The cells that a command speaks of; a prerequisite Failure where there are none to speak of. */
export async function selectCells(context: Context, wish: Wish): Promise<CellRepository> {
  const { contextName, writing, confirmed = [] } = wish;
  const environments = await listEnvironments(context);
  const cluster = await outsideContext(context, wish, environments);
  if (cluster !== undefined) {
    const { openContextCells } = await import('./kubeconfig-cells.ts');
    return openContextCells(context, cluster, { confirmed, environments });
  }
  const name = environmentName(context, contextName && (await environmentOf(context, contextName, environments)));
  return (await (writing ? needRunning(context, name) : needEnvironment(context, name))).cells;
}

/** The context of the user's kubeconfig that is meant, or undefined where an environment of ours is. */
async function outsideContext(
  context: Context,
  { contextName, writing }: Wish,
  environments: readonly string[],
): Promise<string | undefined> {
  if (contextName !== undefined) {
    return (await environmentOf(context, contextName, environments)) === undefined ? contextName : undefined;
  }
  // Nothing is changed in a cluster that was not named.
  if (writing || context.env['DK_ENV'] || environments.includes(environmentName(context, undefined))) return undefined;
  const { currentContext } = await import('./kubeconfig-cells.ts');
  const current = await currentContext(context);
  if (current !== undefined) {
    await printNote(context, `There is no local environment: this is context ${current} of your kubeconfig`);
  }
  return current;
}

/** An environment by its own name, or by that of its cluster's context. */
async function environmentOf(
  context: Context,
  contextName: string,
  environments: readonly string[],
): Promise<string | undefined> {
  if (environments.includes(contextName)) return contextName;
  const name = environments.find((environment) => contextName === `k3d-dk-${environment}`);
  const record = name === undefined ? undefined : await readRecord(context, name);
  return record?.engine === 'k3d' ? name : undefined;
}
