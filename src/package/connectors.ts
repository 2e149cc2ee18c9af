import type { Manifest } from '../manifest/manifest.ts';
import type { Connector } from '../manifest/schema/connector.ts';
import type { Store } from '../manifest/schema/store.ts';

/** What a Store must know of its connector. */
export interface KnownConnector {
  readonly type: string;
  readonly version: string | undefined;
  readonly capabilities: readonly string[];
  /** Undefined: nobody has said which fields there are. */
  readonly fields: Fields | undefined;
}

export interface Fields {
  readonly names: readonly string[];
  readonly secret: readonly string[];
  /** Of each list, one field at least. */
  readonly needed: readonly (readonly string[])[];
}

const both = ['source', 'destination'] as const;
const postgres: Fields = {
  names: 'connection_string host port database dbname user username password sslmode'.split(' '),
  secret: ['password'],
  needed: [['connection_string', 'host']],
};
const s3: Fields = {
  names: 'bucket prefix endpoint region access_key_id secret_access_key path_style'.split(' '),
  secret: ['secret_access_key'],
  needed: [['bucket']],
};
const kafka: Fields = {
  names: ['brokers', 'bootstrapServers', 'topic'],
  secret: [],
  needed: [['brokers', 'bootstrapServers']],
};
const fieldsOfType: Readonly<Record<string, Fields>> = { postgres, s3, kafka };

/** Connectors that need no file. */
export const builtIn = ['postgres', 's3'] as const;

/** The connector that a Store names, by its name or its provider; undefined for an unknown one. */
export function connectorOf(store: Store, connectors: readonly Manifest<'Connector'>[]): KnownConnector | undefined {
  const { connector: wanted } = store.spec;
  const own = connectors.find(({ value }) => namesOf(value).includes(wanted));
  if (own) return fromManifest(own.value);
  if (!builtIn.some((name) => name === wanted)) return undefined;
  return { type: wanted, version: undefined, capabilities: both, fields: fieldsOfType[wanted] };
}

/** Every name by which a Store may mean a connector. */
export function namesOf({ metadata, spec }: Connector): readonly string[] {
  return [metadata.name, spec.provider ?? spec.type];
}

function fromManifest({ metadata, spec }: Connector): KnownConnector {
  return {
    type: spec.type,
    version: spec.version ?? metadata.version,
    capabilities: spec.capabilities,
    fields: spec.connectionSchema ? declaredFields(spec.connectionSchema) : fieldsOfType[spec.type],
  };
}

function declaredFields(schema: NonNullable<Connector['spec']['connectionSchema']>): Fields {
  const fields = Object.entries(schema).map(([key, field]) => ({ ...field, name: field.field ?? key }));
  return {
    names: fields.map(({ name }) => name),
    secret: fields.filter(({ secret }) => secret === true).map(({ name }) => name),
    needed: fields.filter((field) => !field.optional && field.default === undefined).map(({ name }) => [name]),
  };
}
