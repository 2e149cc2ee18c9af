import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { type OpenedRegistry, openRegistry } from './open-registry.ts';

/** What a command line says of a registry. */
export interface RegistryFlags {
  /** `--registry`, else `DK_REGISTRY`. */
  readonly registry?: string | undefined;
  readonly plainHttp?: boolean | undefined;
}

/** Opens the registry that is meant; where it does not tell what it has, the packages are looked for that DK_PACKAGES names, and those given. */
export function openMeantRegistry(
  context: Context,
  flags: RegistryFlags,
  given: readonly string[] = [],
): Promise<OpenedRegistry> {
  const known = (context.env['DK_PACKAGES'] ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const names = [...known, ...given];
  return openRegistry(context, meantRegistry(context, flags), { plainHttp: flags.plainHttp ?? false, names });
}

/** The address that is meant; a prerequisite Failure where there is none. */
function meantRegistry({ env, program }: Context, { registry = env['DK_REGISTRY'] }: RegistryFlags): string {
  if (registry) return registry;
  throw new Failure('prerequisite', {
    what: 'No registry is named',
    why: 'Packages are published to an OCI registry and found there; only an environment in k3d has one of its own',
    next: [
      `${program} dev up --engine k3d`,
      'export DK_REGISTRY=ghcr.io/my-team',
      'Or any on this machine: docker run -d -p 127.0.0.1:25500:5000 registry:3, then --registry localhost:25500',
    ],
  });
}
