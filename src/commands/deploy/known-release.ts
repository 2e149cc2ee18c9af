import type { Context } from '../../context.ts';
import { meantEnvironment } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import { openMeantRegistry, type RegistryFlags } from '../../registry/meant-registry.ts';
import type { Deployed, Deployments, Release } from '../../release/deploy/deployments.ts';
import { findRelease } from '../../release/deploy/find-release.ts';
import { withOwnRegistry } from '../own-registry.ts';
import type { TargetFlags } from './open-deployments.ts';

/** A version that is, or was, deployed: as the deployments keep it, else from the registry that it came from. */
export async function knownRelease(
  context: Context,
  deployments: Deployments,
  { deployed, version }: { readonly deployed: Deployed; readonly version: string },
  flags: RegistryFlags & TargetFlags,
): Promise<Release> {
  const past = await deployments.history(deployed.package, deployed.cell);
  const kept = past.find((each) => each.version === version && each.release)?.release;
  if (kept) return kept;
  const registry = flags.registry ?? deployed.registry;
  const environment = await meantEnvironment(context, flags.context);
  const named = await withOwnRegistry(context, { ...flags, registry }, { environment, make: false });
  const opened = await openMeantRegistry(context, named.flags, [deployed.package]);
  return findRelease(opened, deployed.package, version, context.program);
}

/** A conflict Failure where two files say different versions. */
export function requireCertain(
  { program }: Context,
  { package: name, cell, doubt }: Deployed,
  { where, flag }: Deployments,
): void {
  if (doubt === undefined) return;
  throw new Failure('conflict', {
    what: `Which version of ${name} is in cell ${cell} of ${where} is not certain`,
    why: doubt,
    next: `${program} deploy ${name}:VERSION --cell ${cell}${flag}   # settles it`,
  });
}
