import { Failure } from '../../failure.ts';
import type { ClusterNames } from './cluster-names.ts';

/** Says what bears an environment's names without being its own; it is not touched. */
export function refusal(environment: string, { cluster }: ClusterNames, parts: readonly string[]): Failure {
  return new Failure('refused', {
    what: `There is a ${cluster} that environment ${environment} did not make`,
    why: parts.map((part) => `${part} does not carry its id`),
    next: [
      'Use another name: dk dev up --env <name>',
      `Or look at it, and remove it yourself: docker ps -a --filter label=k3d.cluster=${cluster}`,
    ],
  });
}
