import { Failure } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import type { Store } from '../manifest/schema/store.ts';
import { connectorOf } from '../package/connectors.ts';
import { applyEndpoint, endpointFor, type Reach } from './address.ts';
import { dsnOf } from './dsn.ts';
import { type Filled, fillFields, type LookUp, type MissingKey } from './placeholders.ts';
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
  /** Fields that the connector declares secret. */
  readonly declaredSecret?: readonly string[];
  readonly reach: Reach;
  readonly lookUp: LookUp;
}

/** Fills in every `${KEY}` of a Store, takes the address that fits, and makes its DSN. */
export async function resolveStore(store: Store, place: Place): Promise<StoreResolution> {
  const { cell, connector, declaredSecret = [], reach, lookUp } = place;
  checkScalars(store);
  const connection = await fillFields(store.spec.connection, lookUp);
  const secrets = await fillFields(store.spec.secrets ?? {}, lookUp);
  const missing = [...missingIn('connection', connection), ...missingIn('secrets', secrets)];
  const endpoint = endpointFor(store, reach);
  const [open, hidden] = [applyEndpoint(connection.fields, endpoint), applyEndpoint(secrets.fields, endpoint)];
  const resolved = {
    cell,
    name: store.metadata.name,
    connector,
    fields: { ...open, ...hidden },
    secretFields: [...new Set([...Object.keys(hidden), ...secretsInConnection(connection, declaredSecret)])],
    dsn: missing.length > 0 ? undefined : dsnOrFailure(store, connector, open, hidden),
  };
  return { resolved, missing };
}

/** The type of connector that a Store means: it may name a connector, a provider, or a built-in type. */
export function connectorType(store: Store, pkg: Pick<Package, 'connectors'>): string {
  return connectorOf(store, pkg.connectors)?.type ?? store.spec.connector;
}

/** Fields of the connection that hold no scalar: no structural schema can say so, and a cluster may have them. */
export function nestedFields({ connection }: Store['spec']): readonly string[] {
  const isScalar = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  return Object.entries(connection).flatMap(([field, value]) => (isScalar(value) ? [] : [field]));
}

function checkScalars({ metadata, spec }: Store): void {
  const [wrong] = nestedFields(spec);
  if (wrong === undefined) return;
  throw new Failure('invalid', {
    what: `Store ${metadata.name}: connection.${wrong} must be a string, a number or a boolean`,
  });
}

function missingIn(part: string, { missing }: Filled): readonly MissingKey[] {
  return missing.map((key) => ({ ...key, field: `${part}.${key.field}` }));
}

/** What says where something is: no secret, even if it comes from a Secret. */
const addressFields =
  'connection_string host port database dbname user username sslmode bucket prefix endpoint region path_style brokers bootstrapServers topic';
const secretName = /passw(or)?d|secret|token|credential|private_?key|api_?key|access_?key/i;

/** A field of the connection is secret by its name, by its connector's word, or because its value came from a Secret. */
function secretsInConnection({ fields, substituted }: Filled, declared: readonly string[]): readonly string[] {
  const addresses = addressFields.split(' ');
  return Object.keys(fields).filter(
    (field) =>
      declared.includes(field) || secretName.test(field) || (substituted.includes(field) && !addresses.includes(field)),
  );
}

type Fields = Readonly<Record<string, string>>;

function dsnOrFailure(store: Store, connector: string, connection: Fields, secrets: Fields): string | undefined {
  try {
    return dsnOf(connector, connection, secrets);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('invalid', {
      what: `Store ${store.metadata.name} has no address that can be read`,
      why: [error.message, ...error.why],
      next: error.next,
      cause: error,
    });
  }
}
