import { sharedSecret } from './names.ts';
import type { CellRepository, CellSecrets } from './repository.ts';

/** What was found for `${KEY}` in a cell's Store, and every place that was searched, as messages name it. */
export interface LookedUp {
  readonly value?: string;
  readonly lookedAt: readonly string[];
}

/** Where the keys of cells' Stores are looked up: a CellRepository, or as much of one. */
export interface CellSecretSource extends Pick<CellRepository, 'where'> {
  readonly secrets: Pick<CellSecrets, 'read'>;
}

/** Searches the Secret named as the Store, then the Secret `cell-secrets`. */
export async function lookUpCellSecret(
  cells: CellSecretSource,
  cell: string,
  store: string,
  key: string,
): Promise<LookedUp> {
  const lookedAt: string[] = [];
  for (const secret of new Set([store, sharedSecret])) {
    lookedAt.push(`Secret ${secret} of cell ${cell} (${cells.where})`);
    const values = await cells.secrets.read(cell, secret);
    const value = values && Object.hasOwn(values, key) ? values[key] : undefined;
    if (value !== undefined) return { value, lookedAt };
  }
  return { lookedAt };
}
