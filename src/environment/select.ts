import type { CellRepository } from '../cells/repository.ts';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { openEmbedded } from './embedded/environment.ts';
import type { Environment } from './environment.ts';
import { environmentName } from './names.ts';
import { listEnvironments, readRecord } from './state.ts';

/** The environment of this name, or undefined where `dk dev up` has not made it. */
async function findEnvironment(context: Context, name: string): Promise<Environment | undefined> {
  const record = await readRecord(context, name);
  return record && openEmbedded(context, record);
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

/** The environment that a command without `dev` means, if it is up: `--context` if given, else the local one. */
export async function runningEnvironment(
  context: Context,
  contextName: string | undefined,
): Promise<Environment | undefined> {
  const environment = await findEnvironment(context, environmentName(context, contextName));
  return environment && (await environment.missingServers()).length === 0 ? environment : undefined;
}

interface Wish {
  /** `--context`: an environment of ours. */
  readonly contextName: string | undefined;
  /** Whether the command changes anything. */
  readonly writing: boolean;
}

/** The cells that a command speaks of; a prerequisite Failure where there are none to speak of. */
export async function selectCells(context: Context, { contextName, writing }: Wish): Promise<CellRepository> {
  const names = await listEnvironments(context);
  if (contextName !== undefined && !names.includes(contextName)) throw unknownContext(context, contextName, names);
  const name = environmentName(context, contextName);
  const environment = await (writing ? needRunning(context, name) : needEnvironment(context, name));
  return environment.cells;
}

function unknownContext(context: Context, name: string, environments: readonly string[]): Failure {
  return new Failure('prerequisite', {
    what: `${name} is not an environment of dk`,
    why: [
      environments.length === 0 ? 'There is none yet' : `There are ${environments.join(', ')}`,
      'Cells in a Kubernetes cluster are not reached by this version of dk',
    ],
    next: `${context.program} dev up`,
  });
}
