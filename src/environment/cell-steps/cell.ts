import { isDeepStrictEqual } from 'node:util';
import type { Step } from '../../graph/step.ts';
import { wantedCell } from '../desired.ts';
import type { CellsWorld } from './world.ts';

/** The Cell manifest. */
export function cellStep(cell: string, needs: readonly string[]): Step<CellsWorld> {
  return {
    id: `cell/${cell}`,
    title: `Cell ${cell}`,
    needs,
    async check({ cells, id }) {
      const found = await cells.get(cell);
      if (!found) return { done: false, why: 'there is none yet' };
      const wanted = wantedCell(cell, id);
      const same =
        isDeepStrictEqual(found.spec, wanted.spec) && includes(found.metadata.labels, wanted.metadata.labels);
      return same ? { done: true } : { done: false, why: 'it differs from what dk makes' };
    },
    async run({ cells, id }) {
      await cells.applyCell(wantedCell(cell, id));
    },
  };
}

/** People may add labels of their own. */
function includes(
  found: Readonly<Record<string, string>> = {},
  wanted: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(wanted).every(([name, value]) => found[name] === value);
}
