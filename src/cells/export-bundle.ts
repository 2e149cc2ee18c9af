import { join } from 'node:path';
import type { Cell } from '../manifest/schema/cell.ts';
import { writeManifests } from '../manifest/write.ts';
import { writeAtomically } from '../tools/atomic-file.ts';
import type { FoundBundle } from './bundle.ts';
import { withoutOwner } from './ownership.ts';
import { configMapFor, namespaceFor } from './plain-kinds.ts';
import type { CellRepository } from './repository.ts';
import { withoutSecretValues } from './secret-free.ts';

/** A cell as it may leave for another place. */
export interface Exported {
  readonly bundle: Omit<FoundBundle, 'secrets'>;
  /** `Store warehouse: secrets.password`: literal secrets that became `${KEY}`. */
  readonly cleared: readonly string[];
}

/** Leaves out what belongs to one place only: status, who made it, and every secret value. */
export async function exportBundle(cells: CellRepository, cell: Cell): Promise<Exported> {
  const { name } = cell.metadata;
  const free = (await cells.stores(name)).map(({ store }) => withoutSecretValues(withoutOwner(store)));
  const maps = await cells.configMaps.list(name);
  const configMaps = maps.map(async (map) => ({ name: map, values: (await cells.configMaps.read(name, map)) ?? {} }));
  return {
    bundle: {
      cell: withoutOwner(cell),
      stores: free.map(({ store }) => store),
      configMaps: await Promise.all(configMaps),
    },
    cleared: free.flatMap(({ store, cleared }) => cleared.map((field) => `Store ${store.metadata.name}: ${field}`)),
  };
}

/** One YAML text that kubectl and `dk cell apply` take: Namespace, Cell, ConfigMaps, Stores. */
export function bundleText(bundle: Exported['bundle']): string {
  return bundleFiles(bundle)
    .map(({ text }) => text)
    .join('---\n');
}

/** Writes `cell.yaml` and `stores/*.yaml` into the cell's own folder; gives the files. */
export async function writeBundle(folder: string, bundle: Exported['bundle']): Promise<readonly string[]> {
  const files = bundleFiles(bundle).map(({ name, text }) => ({ file: join(folder, name), text }));
  for (const { file, text } of files) await writeAtomically(file, text, 'shared');
  return files.map(({ file }) => file);
}

function bundleFiles({ cell, stores, configMaps }: Exported['bundle']) {
  const { namespace } = cell.spec;
  return [
    { name: 'cell.yaml', text: writeManifests([namespaceFor(cell), cell]) },
    ...configMaps.map(({ name, values }) => ({
      name: `configmap-${name}.yaml`,
      text: writeManifests(configMapFor(namespace, name, values)),
    })),
    ...stores.map((store) => ({ name: join('stores', `${store.metadata.name}.yaml`), text: writeManifests(store) })),
  ];
}
