import { parseCellName } from '../../cells/names.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import type { RegistryFlags } from '../../registry/meant-registry.ts';
import type { Deployed, Deployments, Release } from '../../release/deploy/deployments.ts';
import { type CarryOutFlags, carryOut } from './carry-out.ts';
import { knownRelease } from './known-release.ts';
import { notDeployed } from './not-deployed.ts';
import { openTarget } from './open-deployments.ts';
import { readPackageName } from './package-argument.ts';

export interface RollbackFlags extends CarryOutFlags, RegistryFlags {
  readonly cell: string;
  readonly to?: string | undefined;
}

/** `dk rollback`: an earlier version of a package, with what the cell says of it as it is now. */
export async function rollback(context: Context, text: string, flags: RollbackFlags): Promise<void> {
  const cell = parseCellName(flags.cell);
  const name = readPackageName(text);
  const target = await openTarget(context, flags, !flags.dryRun);
  const { deployments } = target;
  const present = await deployments.find(name, cell);
  if (!present) throw await notDeployed(deployments, name, cell);
  const release = await earlier(context, deployments, present, flags);
  await carryOut(context, target, { release, cell, overrides: present.overrides }, present, flags);
}

async function earlier(
  context: Context,
  deployments: Deployments,
  deployed: Deployed,
  flags: RollbackFlags,
): Promise<Release> {
  if (flags.to !== undefined) return knownRelease(context, deployments, { deployed, version: flags.to }, flags);
  const [, previous] = await deployments.history(deployed.package, deployed.cell);
  if (!previous) throw noEarlier(context, deployments, deployed);
  return previous.release ?? knownRelease(context, deployments, { deployed, version: previous.version }, flags);
}

function noEarlier(
  { program }: Context,
  deployments: Deployments,
  { package: name, cell, version }: Deployed,
): Failure {
  const { where, flag } = deployments;
  return new Failure('notFound', {
    what: `Nothing is kept of what was in cell ${cell} before ${name} ${version}`,
    why: `${where} keeps no other version of it`,
    next: [`${program} search ${name}`, `${program} rollback ${name} --cell ${cell} --to VERSION${flag}`],
  });
}
