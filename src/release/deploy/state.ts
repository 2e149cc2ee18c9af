import type { PackageDeployment } from '../../manifest/schema/package-deployment.ts';
import type { KubernetesObject } from '../../tools/kubernetes.ts';
import type { DeploymentState } from './deployments.ts';

/** What a cluster tells of a deployment, for people and programs. */
export function stateOf(found: PackageDeployment & KubernetesObject): DeploymentState {
  const { metadata, spec, status = {} } = found;
  const { lastRun, nextRun, phase } = status;
  return {
    package: spec.package.name,
    version: spec.package.version,
    cell: spec.cell,
    namespace: metadata.namespace ?? null,
    phase: phase ?? null,
    reason: reasonOf(found) ?? null,
    lastRun: lastRun ? { id: lastRun.id, status: lastRun.status, startTime: lastRun.startTime ?? null } : null,
    nextRun: nextRun ?? null,
  };
}

/** Why it is not as it should be: that nobody has looked at it yet, or what its conditions say. */
function reasonOf({ metadata, status }: PackageDeployment & KubernetesObject): string | undefined {
  const { generation = 0 } = metadata;
  if (status?.observedGeneration === undefined) return 'no controller has seen it yet';
  if (status.observedGeneration < generation) return 'the controller has not seen its last change yet';
  const { conditions = [] } = status;
  const wrong = conditions.find(({ type, status: is }) => type === 'Ready' && is !== 'True');
  const bad = wrong ?? conditions.find(({ status: is }) => is === 'False');
  return bad && `${bad.reason}: ${bad.message}`;
}
