import type { CellFolder } from './cell-folders.ts';
import type { Rule } from './rule.ts';
import * as cells from './rules/cells.ts';

/** Every rule about one cell's folder; those about its Stores are in store-rules.ts. */
export const cellRules: readonly Rule<CellFolder>[] = [
  {
    id: 'cell-name',
    severity: 'error',
    checks: "a cell's name is short enough, not reserved, and without two hyphens in a row",
    why: 'databases, buckets and namespaces are named after it',
    find: cells.cellName,
  },
  {
    id: 'cell-folder',
    severity: 'error',
    checks: 'a cell is named as its folder',
    why: 'the folder is how people find it',
    find: cells.cellFolder,
  },
  {
    id: 'cell-namespace',
    severity: 'error',
    checks: 'the Namespace beside a Cell is the one that the Cell names',
    why: 'kubectl apply would make another one and find no place for the Stores',
    find: cells.namespaceFits,
  },
  {
    id: 'cell-namespace-missing',
    severity: 'warning',
    checks: 'a Namespace stands beside the Cell',
    why: 'without it kubectl apply only works where the controller runs, and at the second try',
    find: cells.namespacePresent,
  },
  {
    id: 'store-namespace',
    severity: 'error',
    checks: "a Store says its cell's namespace",
    why: 'kubectl apply would put it into whatever namespace is current',
    find: cells.storeNamespace,
  },
  {
    id: 'committed-secret',
    severity: 'warning',
    checks: 'no Secret stands beside a cell',
    why: 'its values are in the repository, base64 or not',
    find: cells.committedSecret,
  },
];

/** The rules about all cells together. */
export const cellsRules: readonly Rule<readonly CellFolder[]>[] = [
  {
    id: 'cell-namespace-shared',
    severity: 'error',
    checks: 'each cell has a namespace of its own',
    why: 'Stores and Secrets of two cells would replace each other',
    find: cells.namespaceShared,
  },
];
