import { Failure } from '../failure.ts';
import type { Cell } from '../manifest/schema/cell.ts';

/** For writing into a cell that does not exist. */
export function noSuchCell(where: string, name: string, others: readonly string[]): Failure {
  return new Failure('notFound', {
    what: `There is no cell ${name} in ${where}`,
    why: `Its cells: ${others.join(', ') || 'none'}`,
  });
}

/** A cell stays in its namespace: a conflict Failure for another one. */
export function checkSameNamespace(where: string, old: Cell, cell: Cell): void {
  const { name } = cell.metadata;
  if (old.spec.namespace === cell.spec.namespace) return;
  throw new Failure('conflict', {
    what: `Cell ${name} of ${where} cannot move from namespace ${old.spec.namespace} to ${cell.spec.namespace}`,
    why: 'its Stores, Secrets and workloads would stay behind',
    next: `Delete the cell and make it again, or keep spec.namespace: ${old.spec.namespace}`,
  });
}
