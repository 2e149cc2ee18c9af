import type { FoundBundle } from './bundle.ts';
import { withOwnerOf } from './ownership.ts';
import type { Applied, CellRepository } from './repository.ts';

/** What became of one thing of a bundle. */
export interface AppliedResource {
  readonly kind: 'Cell' | 'Secret' | 'ConfigMap' | 'Store';
  readonly name: string;
  readonly outcome: Applied;
}

/** Applies a cell and all that it holds; Stores and Secrets that the bundle does not name stay. */
export async function applyBundle(cells: CellRepository, bundle: FoundBundle): Promise<readonly AppliedResource[]> {
  const { name } = bundle.cell.metadata;
  const done: AppliedResource[] = [];
  const note = (kind: AppliedResource['kind'], of: string, outcome: Applied) => done.push({ kind, name: of, outcome });
  note('Cell', name, await cells.applyCell(withOwnerOf(bundle.cell, await cells.get(name))));
  for (const secret of bundle.secrets) {
    note('Secret', secret.name, await cells.secrets.set(name, secret.name, secret.values));
  }
  for (const map of bundle.configMaps) {
    note('ConfigMap', map.name, await cells.configMaps.apply(name, map.name, map.values));
  }
  const present = new Map((await cells.stores(name)).map(({ store }) => [store.metadata.name, store]));
  for (const store of bundle.stores) {
    const { name: of } = store.metadata;
    note('Store', of, await cells.applyStore(name, withOwnerOf(store, present.get(of))));
  }
  return done;
}

/** The same bundle as a cell of another name, in that name's namespace. */
export function renameBundle(bundle: FoundBundle, name: string): FoundBundle {
  const { cell } = bundle;
  const metadata = { ...cell.metadata, name };
  return { ...bundle, cell: { ...cell, metadata, spec: { ...cell.spec, namespace: `dk-${name}` } } };
}
