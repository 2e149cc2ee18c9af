import type { Client } from 'pg';
import { expect, vi } from 'vitest';
import type { Package } from '../../src/manifest/manifest.ts';
import type { DataSet } from '../../src/manifest/schema/dataset.ts';

/** The specification of one of a package's data sets. */
export function datasetOf(pkg: Package, name: string): DataSet['spec'] {
  const found = pkg.datasets.find(({ value }) => value.metadata.name === name);
  return found?.value.spec ?? expect.fail(`no data set ${name}`);
}

/** Makes a data set's table anew, empty. */
export async function recreateTable(client: Client, { table, schema = [] }: DataSet['spec']): Promise<void> {
  await client.query(`drop table if exists ${table}`);
  await client.query(`create table ${table} (${schema.map(({ name, type }) => `${name} ${type}`).join(', ')})`);
}

/** Holds a table so that every reader waits, stops while one does, and lets go. */
export async function stopWhileBlocked(client: Client, table: string, stop: AbortController): Promise<void> {
  await client.query('begin');
  await client.query(`lock table ${table}`);
  try {
    await vi.waitFor(
      async () => {
        const { rows } = await client.query(
          `select 1 from pg_locks where relation = '${table}'::regclass and not granted`,
        );
        expect(rows, `nobody waits for ${table}`).toHaveLength(1);
      },
      { timeout: 10_000, interval: 20 },
    );
    stop.abort();
  } finally {
    await client.query('rollback');
  }
}
