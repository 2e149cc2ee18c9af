import { afterEach, beforeEach, describe } from 'vitest';
import type { CellRepository } from '../../src/cells/repository.ts';
import { describeCells } from './contract-cells.ts';
import { describeSecrets } from './contract-secrets.ts';
import { describeStores } from './contract-stores.ts';

interface Opened {
  readonly cells: CellRepository;
  close(): Promise<void>;
}

/** What every CellRepository must do, wherever its cells live; `make` gives an empty one for each test. */
export function describeCellRepository(name: string, make: () => Promise<Opened>): void {
  describe(name, () => {
    let opened: Opened;
    beforeEach(async () => {
      opened = await make();
    });
    afterEach(() => opened.close());

    describe('cells', () => describeCells(() => opened.cells));
    describe('Stores', () => describeStores(() => opened.cells));
    describe('Secrets and ConfigMaps', () => describeSecrets(() => opened.cells));
  });
}
