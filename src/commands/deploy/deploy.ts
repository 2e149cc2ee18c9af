import { resolve } from 'node:path';
import { parseCellName } from '../../cells/names.ts';
import type { Context } from '../../context.ts';
import { meantEnvironment } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import { openMeantRegistry } from '../../registry/meant-registry.ts';
import { buildPackage } from '../../release/build/build-package.ts';
import { requireImage } from '../../release/deploy/bring-image.ts';
import type { Release } from '../../release/deploy/deployments.ts';
import { findRelease } from '../../release/deploy/find-release.ts';
import { withOverrides } from '../../release/deploy/overrides.ts';
import { requireTarget } from '../../release/deploy/require-target.ts';
import { withOwnRegistry } from '../own-registry.ts';
import { type CarryOutFlags, carryOut } from './carry-out.ts';
import { openTarget, type Target } from './open-deployments.ts';
import { type NamedPackage, readPackageArgument } from './package-argument.ts';
import { removeDeployment } from './remove.ts';

export interface DeployFlags extends CarryOutFlags {
  readonly cell: string;
  readonly registry?: string | undefined;
  readonly plainHttp: boolean;
  readonly set: readonly string[];
  readonly delete: boolean;
  readonly yes: boolean;
}

/** `dk deploy`: a version of a package, or the package in a folder, to a cell. */
export async function deploy(context: Context, what: string, flags: DeployFlags): Promise<void> {
  checkFlags(flags);
  const cell = parseCellName(flags.cell);
  const wanted = readPackageArgument(what);
  const target = await openTarget(context, flags, !flags.dryRun);
  if (flags.delete) return removeDeployment(context, target, { wanted, cell }, flags);
  // Before anything is built for a cell that is not there.
  await requireTarget(context, target.deployments, cell);
  const release = await releaseOf(context, wanted, target, flags);
  const present = await target.deployments.find(release.chart.name, cell);
  const overrides = withOverrides(present?.overrides ?? {}, flags.set);
  await carryOut(context, target, { release, cell, overrides }, present, flags);
}

function checkFlags({ repo, run, commit }: DeployFlags): void {
  if (repo !== undefined && run) {
    const why = 'A CM repo says what is deployed; when it runs is for its trigger, or for --run with --context';
    throw new Failure('usage', { what: '--run does not go with --repo', why });
  }
  if (repo === undefined && commit) {
    throw new Failure('usage', { what: '--commit goes with --repo', why: 'A cluster has nothing to commit' });
  }
}

async function releaseOf(
  context: Context,
  wanted: NamedPackage | { readonly folder: string },
  { cluster }: Target,
  flags: DeployFlags,
): Promise<Release> {
  if (!('folder' in wanted)) {
    const environment = await meantEnvironment(context, flags.context);
    const named = await withOwnRegistry(context, flags, { environment, make: false });
    const registry = await openMeantRegistry(context, named.flags, [wanted.name]);
    return findRelease(registry, wanted.name, wanted.version, context.program);
  }
  if (!cluster?.images) throw notPublished(context, wanted.folder, flags);
  const directory = resolve(context.cwd, wanted.folder);
  const { chart, image } = await buildPackage(context, directory, { registry: flags.registry, image: !flags.dryRun });
  if (!flags.dryRun && image.kind === 'none') requireImage(`${chart.name} ${chart.version}`, undefined, image.why);
  return { chart };
}

/** Others cannot get an image that only this machine has. */
function notPublished({ program }: Context, folder: string, { cell, repo, context }: DeployFlags): Failure {
  const where = repo === undefined ? `--context ${context}` : `--repo ${repo}`;
  return new Failure('usage', {
    what: `${folder} is a folder, and ${repo === undefined ? 'this cluster is not one of ours' : 'a CM repo names versions'}`,
    why: 'What is built on this machine can only run in a cluster that dk has made on it; others pull from a registry',
    next: [`${program} publish ${folder}`, `${program} deploy NAME --cell ${cell} ${where}`],
  });
}
