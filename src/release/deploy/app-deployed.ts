import { type AppFolder, valuesFile, versionFile } from '../../lint/app-folders.ts';
import { problemText } from '../../manifest/problem.ts';
import type { Deployed, DeploymentState } from './deployments.ts';

/** A folder as the deployment of a package in a cell. */
export function deployedOf(app: AppFolder, pkg: string, cell: string): Deployed {
  const { cell: _, package: reference = {}, ...overrides } = app.values?.value ?? {};
  const { registry, namespace } = reference;
  const doubt = doubtOf(app);
  return {
    package: pkg,
    cell,
    version: app.version?.text ?? reference.version ?? '',
    registry: registry === undefined ? undefined : [registry, namespace].filter(Boolean).join('/'),
    overrides,
    ...(doubt !== undefined && { doubt }),
  };
}

/** Why the version of a folder is not certain. */
function doubtOf({ version, values }: AppFolder): string | undefined {
  const said = values?.value.package?.version;
  if (version === undefined) return `there is no ${versionFile}`;
  return said === undefined || said === version.text
    ? undefined
    : `${versionFile} says ${version.text}, and ${valuesFile} says ${said}`;
}

/** A folder for people and programs; what became of it is for a cluster to say. */
export function stateOf(app: AppFolder): DeploymentState {
  const { cell = '', package: reference, namespace } = app.values?.value ?? {};
  const suffix = `-${cell}`;
  const name = cell !== '' && app.name.endsWith(suffix) ? app.name.slice(0, -suffix.length) : app.name;
  return {
    package: reference?.name ?? name,
    version: app.version?.text ?? reference?.version ?? '',
    cell,
    namespace: namespace || (cell === '' ? null : `dk-${cell}`),
    phase: null,
    reason: app.problems[0] ? problemText(app.problems[0]) : (doubtOf(app) ?? null),
    lastRun: null,
    nextRun: null,
  };
}
