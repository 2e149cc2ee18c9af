import type { CellSummary } from '../cells/repository.ts';
import { kubernetesReasonOf } from '../tools/kubernetes-fault.ts';
import type { Environment, Service } from './environment.ts';

/** What `dk dev up` and `dk dev status` tell of an environment. */
export interface EnvironmentStatus {
  readonly name: string;
  readonly id: string;
  readonly engine: string;
  readonly directory: string;
  /** Whether every server runs. */
  readonly up: boolean;
  readonly services: readonly Service[];
  readonly cells: readonly CellSummary[];
}

/** Looks at the servers, and with `probe` connects to every Store; without, `ready` of the cells stays unknown. */
export async function environmentStatus(environment: Environment, probe: boolean): Promise<EnvironmentStatus> {
  const { name, id, engine, directory } = environment;
  const services = await environment.services();
  const up = services.every(({ state }) => state === 'running');
  const cells = await environment.cells.list({ probe: probe && up }).catch(noneWithoutCluster);
  return { name, id, engine, directory, up, services, cells };
}

/** The cells of a cluster that is stopped are known when it runs again. */
function noneWithoutCluster(error: unknown): readonly CellSummary[] {
  if (kubernetesReasonOf(error) === 'unreachable') return [];
  throw error;
}
