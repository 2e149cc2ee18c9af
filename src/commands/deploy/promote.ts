import { parseCellName } from '../../cells/names.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import type { RegistryFlags } from '../../registry/meant-registry.ts';
import { type CarryOutFlags, carryOut } from './carry-out.ts';
import { knownRelease, requireCertain } from './known-release.ts';
import { notDeployed } from './not-deployed.ts';
import { openTarget } from './open-deployments.ts';
import { readPackageName } from './package-argument.ts';

export interface PromoteFlags extends CarryOutFlags, RegistryFlags {
  readonly from: string;
  readonly to: string;
}

/** `dk promote`: the version that one cell has, to another; what that one says of the package stays, else it is taken over. */
export async function promote(context: Context, text: string, flags: PromoteFlags): Promise<void> {
  const [from, to] = [parseCellName(flags.from), parseCellName(flags.to)];
  if (from === to) throw new Failure('usage', { what: `${from} is promoted to itself` });
  const name = readPackageName(text);
  const target = await openTarget(context, flags, !flags.dryRun);
  const { deployments } = target;
  const source = await deployments.find(name, from);
  if (!source) throw await notDeployed(deployments, name, from);
  requireCertain(context, source, deployments);
  const present = await deployments.find(name, to);
  const release = await knownRelease(context, deployments, { deployed: source, version: source.version }, flags);
  const { namespace: _, ...taken } = source.overrides;
  await carryOut(context, target, { release, cell: to, overrides: present?.overrides ?? taken }, present, flags);
}
