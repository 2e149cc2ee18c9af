import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';
import { writeAtomically } from '../tools/atomic-file.ts';
import { readIfThere } from '../tools/if-there.ts';
import { changeCell, readCell } from './file-cells.ts';
import { type Layout, storesFolder } from './layout.ts';
import { readManifestFolder } from './manifest-file.ts';
import { checkStoreName } from './names.ts';
import type { Applied } from './repository.ts';
import { sameContent, written } from './same.ts';

/** A Store with the file that holds it. */
interface StoreFile {
  readonly store: Store;
  readonly file: string;
  readonly text: string;
}

/** The Stores of a cell, sorted by name, from whichever files in `stores/` hold them. */
export async function readStores(layout: Layout, name: string): Promise<readonly Store[]> {
  const cell = await readCell(layout, name);
  return cell ? (await readStoreFiles(layout, cell)).map(({ store }) => store) : [];
}

export function applyStore(layout: Layout, cellName: string, store: Store): Promise<Applied> {
  return changeCell(layout, cellName, async (cell) => {
    const name = checkStoreName(store.metadata.name);
    const wanted = placeStore(store, cell);
    const old = (await readStoreFiles(layout, cell)).find((file) => file.store.metadata.name === name);
    if (old && sameContent(old.store, wanted)) return 'unchanged';
    const { editDocument } = await import('./edit-yaml.ts');
    if (old) await writeAtomically(old.file, editDocument(old.text, { kind: 'Store', name }, wanted));
    else await addStore(layout, cell, wanted);
    return old ? 'changed' : 'created';
  });
}

export function deleteStore(layout: Layout, cellName: string, name: string): Promise<boolean> {
  return changeCell(layout, cellName, async (cell) => {
    const old = (await readStoreFiles(layout, cell)).find(({ store }) => store.metadata.name === name);
    if (!old) return false;
    const { removeDocument } = await import('./edit-yaml.ts');
    const rest = removeDocument(old.text, { kind: 'Store', name });
    if (rest === undefined) await rm(old.file);
    else await writeAtomically(old.file, rest);
    return true;
  });
}

/** The Store as it stands in the cell's namespace. */
function placeStore(store: Store, { spec }: Cell): Store {
  const { name, namespace: _, ...metadata } = store.metadata;
  return { ...written(store), metadata: { name, namespace: spec.namespace, ...metadata } };
}

/** A hand-written file may already have the name that the Store's own file would get. */
async function addStore(layout: Layout, { metadata }: Cell, store: Store): Promise<void> {
  const file = join(storesFolder(layout, metadata.name), `${store.metadata.name}.yaml`);
  const present = readIfThere(file);
  const { addDocument } = await import('./edit-yaml.ts');
  const { writeManifests } = await import('../manifest/write.ts');
  await writeAtomically(file, addDocument(present, writeManifests([store])));
}

async function readStoreFiles(layout: Layout, cell: Cell): Promise<readonly StoreFile[]> {
  const files = await readManifestFolder(storesFolder(layout, cell.metadata.name), layout.parse);
  const found = files.flatMap(({ file, text, manifests }) =>
    manifests.flatMap((manifest) => {
      if (manifest.kind !== 'Store') return [];
      checkNamespace(manifest.value, cell, file);
      return [{ store: placeStore(manifest.value, cell), file, text }];
    }),
  );
  const sorted = found.sort((a, b) => (a.store.metadata.name < b.store.metadata.name ? -1 : 1));
  checkUnique(sorted);
  return sorted;
}

function checkNamespace({ metadata }: Store, { metadata: cell, spec }: Cell, file: string): void {
  if (metadata.namespace === undefined || metadata.namespace === spec.namespace) return;
  throw new Failure('invalid', {
    what: `${file}: Store ${metadata.name} is for namespace ${metadata.namespace}`,
    why: `cell ${cell.name} owns namespace ${spec.namespace}`,
    next: `Write metadata.namespace: ${spec.namespace}`,
  });
}

function checkUnique(sorted: readonly StoreFile[]): void {
  for (const [index, { store, file }] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next?.store.metadata.name !== store.metadata.name) continue;
    throw new Failure('invalid', {
      what: `Store ${store.metadata.name} is written twice`,
      why: [file, next.file],
      next: 'Remove one of them',
    });
  }
}
