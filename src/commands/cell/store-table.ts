import type { StoreSummary } from '../../cells/repository.ts';
import { withoutSecretValues } from '../../cells/secret-free.ts';
import { formatTable } from '../../report/table.ts';
import { readyText } from './list.ts';

/** A Store as commands show it: no secret value, but the keys that are looked up. */
export function plainStore({ store, ready, reason }: StoreSummary) {
  const { metadata, spec } = withoutSecretValues(store, () => '***').store;
  const { connector, connection, secrets = {} } = spec;
  return { name: metadata.name, connector, connection, secrets, ready: ready ?? null, reason: reason ?? null };
}

/** The Stores of a cell for people. */
export function storeTable(stores: readonly StoreSummary[]): string {
  const rows = stores.map(plainStore).map(({ name, connector, connection, secrets, ready, reason }) => {
    return [name, connector, fieldsText(connection), fieldsText(secrets), readyText(ready ?? undefined), reason ?? ''];
  });
  return formatTable(['NAME', 'CONNECTOR', 'CONNECTION', 'SECRETS', 'READY', 'REASON'], rows);
}

function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.entries(fields)
    .map(([field, value]) => `${field}=${text(value)}`)
    .join(' ');
}
