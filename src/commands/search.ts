import type { Context } from '../context.ts';
import { environmentName } from '../environment/names.ts';
import { type FoundPackage, type SearchOptions, searchPackages } from '../release/search/search-packages.ts';
import { type OutputFormat, printNote, printResult } from '../report/result.ts';
import { formatAge, formatTable } from '../report/table.ts';
import { withOwnRegistry } from './own-registry.ts';

interface SearchFlags extends SearchOptions {
  /** Whose own registry is meant where none is named. */
  readonly env?: string | undefined;
  readonly output: OutputFormat;
}

const columns = ['NAME', 'VERSION', 'RUNTIME', 'MODE', 'INPUTS', 'OUTPUTS', 'AGE', 'DESCRIPTION'];

/** `dk search`: the packages of a registry. */
export async function search(context: Context, { output, ...given }: SearchFlags): Promise<void> {
  const environment = environmentName(context, given.env);
  const { flags } = await withOwnRegistry(context, given, { environment, make: false });
  const { registry, packages } = await searchPackages(context, flags);
  const now = context.now();
  await printResult(context, output, {
    kind: 'PackageList',
    data: { registry, packages: packages.map(plainPackage) },
    table: () =>
      formatTable(
        columns,
        packages.map((found) => row(found, now)),
      ),
  });
  if (packages.length === 0) await printNote(context, nothingFound(context, registry, flags.term));
}

function plainPackage({ created, ...rest }: FoundPackage) {
  return { ...rest, created: created?.toISOString() ?? null };
}

function row({ inputs, outputs, created, ...found }: FoundPackage, now: Date): readonly string[] {
  const { name, version, runtime, mode, description } = found;
  const age = created ? formatAge(created, now) : '-';
  return [name, version, runtime ?? '-', mode ?? '-', inputs.join(', '), outputs.join(', '), age, description ?? ''];
}

function nothingFound({ program }: Context, registry: string, term: string | undefined): string {
  if (term !== undefined)
    return `No package in ${registry} has ${JSON.stringify(term)} in its name, description or data sets: ${program} search --registry ${registry}`;
  return `There is no package in ${registry}: ${program} publish --registry ${registry}`;
}
