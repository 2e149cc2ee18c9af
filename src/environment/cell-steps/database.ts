import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Step } from '../../graph/step.ts';
import { postgresSecret } from '../desired.ts';
import type { CellsWorld } from './world.ts';

const secret = 'warehouse';

/** A cell's own role and database, and the Secret that opens it. */
export function databaseStep(cell: string): Step<CellsWorld> {
  return {
    id: `database/${cell}`,
    title: `Database of cell ${cell}`,
    needs: ['postgres', `cell/${cell}`],
    async check({ cells, databases, endpoints }) {
      const found = await cells.secrets.read(cell, secret);
      const password = found?.['PG_PASS'];
      if (!found || password === undefined) return { done: false, why: 'its Secret is missing' };
      if (!isDeepStrictEqual({ ...found, ...postgresSecret(cell, endpoints.postgres.address, password) }, found)) {
        return { done: false, why: 'its Secret holds another address' };
      }
      return (await databases.cellIsReady(cell, password))
        ? { done: true }
        : { done: false, why: 'its role cannot log in to its database' };
    },
    async run({ cells, databases, endpoints }) {
      const found = await cells.secrets.read(cell, secret);
      const password = found?.['PG_PASS'] ?? randomBytes(24).toString('base64url');
      await cells.secrets.set(cell, secret, postgresSecret(cell, endpoints.postgres.address, password));
      await databases.makeCell(cell, password);
    },
  };
}
