import { dirname } from 'node:path';
import type { Manifest } from '../manifest/manifest.ts';
import type { ForeignDocument, ParsedManifests } from '../manifest/parse.ts';
import type { Problem } from '../manifest/problem.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { carriesValues, foreignProblem, type NamedValues, namespaceOf, readValues } from './foreign.ts';
import type { CellBundle } from './repository.ts';

/** A cell with the plain Kubernetes resources that stand beside it. */
export interface FoundBundle extends CellBundle {
  readonly secrets: readonly NamedValues[];
  readonly configMaps: readonly NamedValues[];
}

export interface FoundCells {
  readonly bundles: readonly FoundBundle[];
  /** `Deployment web (cells/canary/web.yaml)`: what is of no kind that belongs to a cell. */
  readonly skipped: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Gives every Store, Secret and ConfigMap to a cell: to the one that owns its `metadata.namespace`,
 * or, where it says none, to the one in its own folder or the nearest above.
 */
export function sortIntoCells(files: readonly ParsedManifests[]): FoundCells {
  const manifests = files.flatMap((file) => file.manifests);
  const others = files.flatMap((file) => file.others);
  const cells = manifests.filter((manifest) => manifest.kind === 'Cell');
  const stores = manifests.filter((manifest) => manifest.kind === 'Store').map((store) => placeStore(store, cells));
  const values = others.filter(carriesValues).map((document) => placeValues(document, cells));
  return {
    bundles: cells.map((cell) => bundleOf(cell, stores, values)),
    skipped: [...manifests.flatMap(skippedManifest), ...others.flatMap((document) => skippedDocument(document, cells))],
    problems: [
      ...repeated(cells),
      ...cells.flatMap((cell) => repeated(stores.filter(({ owner }) => owner === cell).map(({ store }) => store))),
      ...[...stores, ...values].flatMap(({ problems }) => problems),
    ],
  };
}

type CellManifest = Manifest<'Cell'>;
type PlacedStore = ReturnType<typeof placeStore>;
type PlacedValues = ReturnType<typeof placeValues>;

function placeStore(store: Manifest<'Store'>, cells: readonly CellManifest[]) {
  const owner = ownerOf(cells, store.source.file, store.value.metadata.namespace);
  const problems = typeof owner === 'string' ? [problemAt(store.source, ['metadata', 'namespace'], owner)] : [];
  return { store, owner, problems };
}

function placeValues(document: ForeignDocument, cells: readonly CellManifest[]) {
  const owner = ownerOf(cells, document.file, namespaceOf(document));
  const { values, problems } = readValues(document);
  const homeless = typeof owner === 'string' ? [foreignProblem(document, 'metadata.namespace', owner)] : [];
  return { kind: document.kind, name: document.name, values, owner, problems: [...homeless, ...problems] };
}

/** The cell, or why there is none or more than one. */
function ownerOf(cells: readonly CellManifest[], file: string, namespace: string | undefined): CellManifest | string {
  const owners =
    namespace === undefined ? cellsNear(cells, file) : cells.filter(({ value }) => value.spec.namespace === namespace);
  const [owner] = owners;
  if (owner && owners.length === 1) return owner;
  if (namespace !== undefined)
    return `${owner ? 'several Cells here own' : 'no Cell here owns'} namespace ${namespace}`;
  return `${owner ? 'several Cells stand' : 'no Cell stands'} beside it or above; say which namespace it belongs to`;
}

function cellsNear(cells: readonly CellManifest[], file: string): readonly CellManifest[] {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const here = cells.filter(({ source }) => dirname(source.file) === folder);
    if (here.length > 0 || folder === dirname(folder)) return here;
  }
}

function bundleOf(cell: CellManifest, stores: readonly PlacedStore[], values: readonly PlacedValues[]): FoundBundle {
  const own = values.filter(({ owner }) => owner === cell);
  return {
    cell: cell.value,
    stores: stores.filter(({ owner }) => owner === cell).map(({ store }) => store.value),
    secrets: own.filter(({ kind }) => kind === 'Secret'),
    configMaps: own.filter(({ kind }) => kind === 'ConfigMap'),
  };
}

function repeated(manifests: readonly Manifest<'Cell' | 'Store'>[]): readonly Problem[] {
  return manifests.flatMap(({ kind, value, source }, index) => {
    const { name } = value.metadata;
    const first = manifests.slice(0, index).find((other) => other.value.metadata.name === name);
    return first ? [problemAt(source, ['metadata', 'name'], `${kind} ${name} stands in ${first.source.file} too`)] : [];
  });
}

function skippedManifest({ kind, value, source }: Manifest): readonly string[] {
  return kind === 'Cell' || kind === 'Store' ? [] : [`${kind} ${value.metadata.name} (${source.file})`];
}

/** A cell's Namespace is implied by the Cell. */
function skippedDocument(document: ForeignDocument, cells: readonly CellManifest[]): readonly string[] {
  const { kind, name, file } = document;
  const implied = kind === 'Namespace' && cells.some(({ value }) => value.spec.namespace === name);
  return implied || carriesValues(document) ? [] : [`${kind} ${name} (${file})`];
}
