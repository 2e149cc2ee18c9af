import { Failure } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import type { Store } from '../manifest/schema/store.ts';
import { applyEndpoint, endpointFor, type Reach } from './address.ts';
import { dsnOf, MalformedConnection } from './dsn.ts';
import { fillFields, type LookUp, type MissingKey } from './placeholders.ts';
import type { ResolvedStore } from './run-spec.ts';

/** A Store that may still lack keys; `missing` is reported for all Stores of a run at once. */
export interface StoreResolution {
  readonly resolved: ResolvedStore;
  readonly missing: readonly MissingKey[];
}

interface Place {
  readonly cell: string | undefined;
  /** The type of the connector that the Store names. */
  readonly connector: string;
  readonly reach: Reach;
  readonly lookUp: LookUp;
}

/** Fills in every `${KEY}` of a Store, takes the address that fits, and makes its DSN. */
export async function resolveStore(store: Store, { cell, connector, reach, lookUp }: Place): Promise<StoreResolution> {
  const connection = await fillFields(store.spec.connection, lookUp);
  const secrets = await fillFields(store.spec.secrets ?? {}, lookUp);
  const reached = applyEndpoint(connection.fields, endpointFor(store, reach));
  const missing = [
    ...connection.missing.map((key) => ({ ...key, field: `connection.${key.field}` })),
    ...secrets.missing.map((key) => ({ ...key, field: `secrets.${key.field}` })),
  ];
  const resolved = {
    cell,
    name: store.metadata.name,
    connector,
    fields: { ...reached, ...secrets.fields },
    secretFields: Object.keys(secrets.fields),
    dsn: missing.length > 0 ? undefined : dsnOrFailure(store, connector, reached, secrets.fields),
  };
  return { resolved, missing };
}

/** The type of connector that a Store means: it may name a connector, a provider, or a built-in type. */
export function connectorType(store: Store, pkg: Pick<Package, 'connectors'>): string {
  const { connector } = store.spec;
  const named = pkg.connectors.find(
    ({ value }) => value.metadata.name === connector || value.spec.provider === connector,
  );
  return named?.value.spec.type ?? connector;
}

function dsnOrFailure(
  store: Store,
  connector: string,
  connection: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): string | undefined {
  try {
    return dsnOf(connector, connection, secrets);
  } catch (error) {
    if (!(error instanceof MalformedConnection)) throw error;
    throw new Failure('invalid', {
      what: `Store ${store.metadata.name}: ${error.message}`,
      why: 'It should look like postgresql://host:5432/database',
      cause: error,
    });
  }
}
