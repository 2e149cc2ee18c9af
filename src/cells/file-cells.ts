import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { Cell } from '../manifest/schema/cell.ts';
import { writeAtomically } from '../tools/atomic-file.ts';
import { namesIn, orUndefined, statIfThere } from '../tools/if-there.ts';
import { checkSameNamespace, noSuchCell } from './cell-failures.ts';
import { cellFile, cellFolder, type Layout, lockFile, secretsFolder } from './layout.ts';
import { readManifestFile } from './manifest-file.ts';
import { isCellName } from './names.ts';
import { namespaceFor } from './plain-kinds.ts';
import type { Applied } from './repository.ts';
import { sameContent, written } from './same.ts';

/** A cell exists as soon as its `cell.yaml` does. */
export function cellExists(layout: Layout, cell: string): boolean {
  return isCellName(cell) && statIfThere(cellFile(layout, cell)) !== undefined;
}

/** Names of the cells, sorted. */
export function listCellNames(layout: Layout): readonly string[] {
  return namesIn(layout.directory).filter((name) => cellExists(layout, name));
}

export async function readCell(layout: Layout, name: string): Promise<Cell | undefined> {
  if (!isCellName(name)) return undefined;
  return (await readCellFile(layout, name))?.cell;
}

/** Where the file system keeps no time of creation, undefined. */
export async function createdAt(layout: Layout, name: string): Promise<Date | undefined> {
  const found = statIfThere(cellFolder(layout, name));
  return found && found.birthtimeMs > 0 ? found.birthtime : undefined;
}

/** Does `work` on a cell that exists, alone among all processes. */
export function changeCell<Result>(layout: Layout, name: string, work: (cell: Cell) => Promise<Result>) {
  return alone(layout, name, async () => {
    const cell = await readCell(layout, name);
    if (cell) return work(cell);
    throw noSuchCell(layout.where, name, listCellNames(layout));
  });
}

export function applyCell(layout: Layout, cell: Cell): Promise<Applied> {
  const { name } = cell.metadata;
  return alone(layout, name, async () => {
    const file = cellFile(layout, name);
    const wanted = written(cell);
    const old = await readCellFile(layout, name);
    if (!old) {
      const { writeManifests } = await import('../manifest/write.ts');
      await writeAtomically(file, writeManifests([namespaceFor(cell), wanted]));
      return 'created';
    }
    if (sameContent(old.cell, wanted)) return 'unchanged';
    checkSameNamespace(layout.where, old.cell, cell);
    const { editDocument } = await import('./edit-yaml.ts');
    await writeAtomically(file, editDocument(old.text, { kind: 'Cell', name }, wanted));
    return 'changed';
  });
}

/** Every folder goes out of sight in one move and is emptied then: a killed deletion leaves no half a cell. */
export function deleteCell(layout: Layout, name: string): Promise<boolean> {
  return alone(layout, name, async () => {
    const existed = cellExists(layout, name);
    await discard(layout.secretsDirectory, secretsFolder(layout, name));
    await discard(layout.directory, cellFolder(layout, name));
    return existed;
  });
}

const discarded = '.deleted-';

/** Also removes what an earlier deletion, killed in the middle, has left. */
async function discard(parent: string, folder: string): Promise<void> {
  const grave = join(parent, discarded + randomBytes(6).toString('hex'));
  await orUndefined(rename(folder, grave));
  const names = (await orUndefined(readdir(parent))) ?? [];
  const graves = names.filter((name) => name.startsWith(discarded));
  await Promise.all(graves.map((name) => rm(join(parent, name), { recursive: true, force: true, maxRetries: 5 })));
}

async function alone<Result>(layout: Layout, name: string, work: () => Promise<Result>): Promise<Result> {
  return layout.inTurn(lockFile(layout, name), work);
}

async function readCellFile(layout: Layout, name: string): Promise<{ cell: Cell; text: string } | undefined> {
  const found = await readManifestFile(cellFile(layout, name), layout.parse);
  if (!found) return undefined;
  const cells = found.manifests.flatMap((manifest) => (manifest.kind === 'Cell' ? [manifest.value] : []));
  const [cell] = cells;
  if (cell && cells.length === 1 && cell.metadata.name === name) return { cell: written(cell), text: found.text };
  const names = cells.map(({ metadata }) => metadata.name).join(', ') || 'none';
  throw new Failure('invalid', {
    what: `${found.file} must hold the Cell ${name}, and no other`,
    why: `Cells in it: ${names}`,
    next: `Write one Cell with metadata.name: ${name}`,
  });
}
