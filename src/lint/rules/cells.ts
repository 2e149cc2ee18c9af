import { isCellName } from '../../cells/names.ts';
import type { ForeignDocument } from '../../manifest/parse.ts';
import type { CellFolder } from '../cell-folders.ts';
import { type Finding, finding } from '../rule.ts';

export function* cellName({ cell }: CellFolder): Iterable<Finding> {
  if (!cell || isCellName(cell.value.metadata.name)) return;
  const message = 'must have at most 40 characters, no two hyphens in a row, and not be infra or system';
  yield finding(cell, ['metadata', 'name'], message);
}

export function* cellFolder({ cell, name }: CellFolder): Iterable<Finding> {
  if (!cell || cell.value.metadata.name === name) return;
  yield finding(cell, ['metadata', 'name'], `must be the name of its folder, "${name}"`);
}

export function* namespaceFits({ cell, others }: CellFolder): Iterable<Finding> {
  for (const document of others.filter(isNamespace)) {
    if (!cell || document.name === cell.value.spec.namespace) continue;
    const message = `the Cell names the namespace "${cell.value.spec.namespace}", this is "${document.name}"`;
    yield foreignFinding(document, ['metadata', 'name'], message);
  }
}

export function* namespacePresent({ cell, others }: CellFolder): Iterable<Finding> {
  if (!cell || others.some(isNamespace)) return;
  const message = `no Namespace "${cell.value.spec.namespace}" stands before the Cell, so kubectl apply needs the controller`;
  yield finding(cell, ['spec', 'namespace'], message);
}

export function* storeNamespace({ cell, stores }: CellFolder): Iterable<Finding> {
  for (const store of stores) {
    const { namespace } = store.value.metadata;
    const wanted = cell?.value.spec.namespace;
    if (wanted === undefined || namespace === wanted) continue;
    const message =
      namespace === undefined ? `is missing; say "${wanted}"` : `must be the cell's namespace, "${wanted}"`;
    yield finding(store, ['metadata', 'namespace'], message);
  }
}

export function* committedSecret({ others }: CellFolder): Iterable<Finding> {
  for (const document of others) {
    if (document.apiVersion !== 'v1' || document.kind !== 'Secret') continue;
    const message = 'a Secret in a repository is no secret; set its values with dk cell secret set';
    yield { ...foreignFinding(document, ['kind'], message), secret: true };
  }
}

export function* namespaceShared(folders: readonly CellFolder[]): Iterable<Finding> {
  const owners = new Map<string, string>();
  for (const { cell, name } of folders) {
    if (!cell) continue;
    const { namespace } = cell.value.spec;
    const owner = owners.get(namespace);
    if (owner !== undefined) yield finding(cell, ['spec', 'namespace'], `is the namespace of cell "${owner}" already`);
    owners.set(namespace, name);
  }
}

function isNamespace({ apiVersion, kind }: ForeignDocument): boolean {
  return apiVersion === 'v1' && kind === 'Namespace';
}

function foreignFinding({ file, position }: ForeignDocument, path: Finding['path'], message: string): Finding {
  return { source: { file, at: () => position }, path, message };
}
