import type { CellRepository } from '../cells/repository.ts';
import { Failure } from '../failure.ts';
import { podResources } from '../launch/resources.ts';
import { formatRunSpec } from '../launch/run-spec-file.ts';
import { runSpecPath } from '../launch/run-spec-mount.ts';
import type { Manifest, Package } from '../manifest/manifest.ts';
import { resolveRun } from '../resolve/resolve.ts';
import type { ResolvedPort, ResolvedRun } from '../resolve/run-spec.ts';
import { type Behaviour, behaviourOf } from './behaviour.ts';
import type { WatchedDeployment } from './observed.ts';

/** What a deployment comes to: package × cell, with all that Kubernetes has to be told. Holds secrets. */
export interface Wanted {
  readonly behaviour: Behaviour;
  readonly image: string;
  /** Whether dk built the image. */
  readonly isOurs: boolean;
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[];
  readonly resources: ReturnType<typeof podResources>;
  readonly serviceAccountName: string | undefined;
  readonly pullSecrets: readonly { readonly name: string }[];
  /** Variables by name, but DK_RUN_ID. */
  readonly variables: Readonly<Record<string, string>>;
  readonly runSpec: string;
  readonly secretValues: readonly string[];
  /** Names of the data sets in the deployment's own cell that it reads, and that it writes. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Resolves a deployment against the cells; a Failure that tells its readers what is wrong or missing. */
export async function resolveDeployment(
  deployment: WatchedDeployment,
  packaged: Package,
  cells: CellRepository,
): Promise<Wanted> {
  const { spec, metadata } = deployment;
  const pkg = withOverrides(packaged, deployment);
  const transform = pkg.transform.value.spec;
  const behaviour = behaviourOf(deployment, transform);
  await requireOwnNamespace(deployment, cells);
  const keys = { env: {}, dotEnv: {}, local: undefined };
  const run = await resolveRun(pkg, { cell: spec.cell, cells: async () => cells, keys, reach: 'cluster' });
  return {
    behaviour,
    image: imageOf(deployment, transform.image),
    isOurs: transform.image === undefined,
    command: transform.command,
    args: transform.args ?? [],
    resources: podResources(transform.resources),
    serviceAccountName: transform.serviceAccountName,
    pullSecrets: spec.imagePullSecrets ?? [],
    variables: { ...run.variables, DK_RUN_SPEC: runSpecPath },
    runSpec: formatRunSpec(metadata.name, run),
    secretValues: run.secretValues,
    ...ownDataSets(run),
  };
}

/** What a deployment says of a run is stronger than what its package says. */
function withOverrides(pkg: Package, { spec }: WatchedDeployment): Package {
  const { value } = pkg.transform;
  const { name, version } = spec.package;
  if (value.metadata.name !== name) {
    const why = `The manifests are of ${value.metadata.name}`;
    throw new Failure('invalid', { what: `spec.package.name is ${name}, and its manifests are another's`, why });
  }
  const { env, resources, serviceAccountName } = spec;
  const transform: Manifest<'Transform'> = {
    ...pkg.transform,
    value: {
      ...value,
      metadata: { ...value.metadata, version },
      spec: {
        ...value.spec,
        ...(env && { env: [...(value.spec.env ?? []).filter(isNotIn(env)), ...env] }),
        ...(resources && { resources }),
        ...(serviceAccountName !== undefined && { serviceAccountName }),
      },
    },
  };
  return { ...pkg, transform };
}

function isNotIn(variables: readonly { readonly name: string }[]) {
  return ({ name }: { readonly name: string }) => variables.every((other) => other.name !== name);
}

/** Whoever may make deployments in some namespace must not get at the credentials of any cell by that. */
async function requireOwnNamespace({ metadata, spec }: WatchedDeployment, cells: CellRepository): Promise<void> {
  const cell = await cells.get(spec.cell);
  if (!cell || cell.spec.namespace === metadata.namespace) return;
  throw new Failure('refused', {
    what: `Cell ${spec.cell} has the namespace ${cell.spec.namespace}, and this deployment is in another`,
    why: 'a deployment stands in the namespace of its cell',
  });
}

function imageOf({ spec }: WatchedDeployment, own: string | undefined): string {
  const image = spec.image ?? own;
  if (image !== undefined && !image.includes('${')) return image;
  throw new Failure('invalid', {
    what: image === undefined ? 'It names no image' : `Its image ${image} is not complete`,
    why: 'a cluster runs packages from images: dk build makes one, and dk publish brings it where the cluster can get it',
  });
}

function ownDataSets({ cell, inputs, outputs }: ResolvedRun): Pick<Wanted, 'inputs' | 'outputs'> {
  const own = (ports: readonly ResolvedPort[]) =>
    ports.filter((port) => port.cell === cell).map((port) => port.dataset);
  return { inputs: own(inputs), outputs: own(outputs) };
}
