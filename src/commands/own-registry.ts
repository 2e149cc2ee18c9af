import type { Context } from '../context.ts';
import { type OpenedOwnRegistry, openOwnRegistry } from '../environment/own-registry.ts';
import type { RegistryFlags } from '../registry/meant-registry.ts';

interface OwnWish {
  /** Undefined where what is meant is no environment of ours. */
  readonly environment: string | undefined;
  /** Whether it is made where there is none yet. */
  readonly make: boolean;
}

/** The flags of a command; where neither they nor DK_REGISTRY name a registry, with the environment's own, if it can have one. */
export async function withOwnRegistry<Flags extends RegistryFlags>(
  context: Context,
  flags: Flags,
  { environment, make }: OwnWish,
): Promise<{ readonly flags: Flags; readonly own: OpenedOwnRegistry | undefined }> {
  if (environment === undefined || flags.registry || context.env['DK_REGISTRY']) return { flags, own: undefined };
  const own = await openOwnRegistry(context, environment, { make });
  return { flags: own ? { ...flags, registry: own.address } : flags, own };
}
