import type { Context } from '../../context.ts';
import { inParallel } from '../../registry/in-parallel.ts';
import { openMeantRegistry, type RegistryFlags } from '../../registry/meant-registry.ts';
import type { PublishedVersion } from '../../registry/package-registry.ts';

export interface SearchOptions extends RegistryFlags {
  /** Part of a name, a description or a data set's name, in any case. */
  readonly term?: string | undefined;
  /** Every version, not only the newest of each package. */
  readonly versions?: boolean | undefined;
}

/** One version of a package as search tells of it; what nobody said is null. */
export interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly runtime: string | null;
  readonly mode: string | null;
  readonly description: string | null;
  /** Names of data sets. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly created: Date | null;
  readonly digest: string;
}

/** What was found where; sorted by name, and newest first. */
export interface Search {
  readonly registry: string;
  readonly packages: readonly FoundPackage[];
}

/** Looks for packages in a registry; no chart is pulled for it. */
export async function searchPackages(
  context: Context,
  { term = '', versions = false, ...flags }: SearchOptions,
): Promise<Search> {
  // Where a registry does not tell what it has, a package can still be asked for by its name.
  const registry = await openMeantRegistry(context, flags, packageName.test(term) ? [term] : []);
  const found = await inParallel(await registry.names(), async (name) => {
    const newest = await registry.newest(name);
    if (!newest || !matches(describe(name, newest), term)) return [];
    const all = versions ? ((await registry.versions(name)) ?? []) : [newest];
    return all.map((version) => describe(name, version));
  });
  return { registry: registry.address, packages: found.flat() };
}

const packageName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

function describe(
  name: string,
  { version, digest, created, description, annotations }: PublishedVersion,
): FoundPackage {
  const annotation = (key: string) => annotations[`datakit.infoblox.dev/${key}`];
  return {
    name,
    version,
    runtime: annotation('runtime') ?? null,
    mode: annotation('mode') ?? null,
    description: description ?? null,
    inputs: listIn(annotation('inputs')),
    outputs: listIn(annotation('outputs')),
    created: created ?? null,
    digest,
  };
}

function listIn(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function matches({ name, description, inputs, outputs }: FoundPackage, term: string): boolean {
  const text = [name, description ?? '', ...inputs, ...outputs].join('\n').toLowerCase();
  return text.includes(term.toLowerCase());
}
