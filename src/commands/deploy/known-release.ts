import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { openMeantRegistry, type RegistryFlags } from '../../registry/meant-registry.ts';
import type { Deployed, Deployments, Release } from '../../release/deploy/deployments.ts';
import { findRelease } from '../../release/deploy/find-release.ts';

/** A version that is, or was, deployed: as the deployments keep it, else from the registry that it came from. */
export async function knownRelease(
  context: Context,
  deployments: Deployments,
  { deployed, version }: { readonly deployed: Deployed; readonly version: string },
  flags: RegistryFlags,
): Promise<Release> {
  const past = await deployments.history(deployed.package, deployed.cell);
  const kept = past.find((each) => each.version === version && each.release)?.release;
  if (kept) return kept;
  const registry = flags.registry ?? deployed.registry;
  const opened = await openMeantRegistry(context, { ...flags, registry }, [deployed.package]);
  return findRelease(opened, deployed.package, version, context.program);
}

/** A conflict Failure where two files say different versions. */
export function requireCertain({ package: name, cell, doubt }: Deployed, { where }: Deployments): void {
  if (doubt === undefined) return;
  throw new Failure('conflict', {
    what: `Which version of ${name} is in cell ${cell} of ${where} is not certain`,
    why: doubt,
    next: `dk deploy ${name}:VERSION --cell ${cell} settles it`,
  });
}
