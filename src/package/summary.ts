import type { Manifest, Package } from '../manifest/manifest.ts';
import type { Column } from '../manifest/schema/dataset.ts';
import type { Port, Trigger } from '../manifest/schema/transform.ts';
import { connectorOf } from './connectors.ts';
import { datasetsOf } from './datasets-of-port.ts';

/** A package at a glance; plain data, without any value of a Store. */
export interface PackageSummary {
  readonly name: string;
  readonly version: string | null;
  readonly runtime: string;
  readonly mode: 'batch' | 'streaming';
  readonly trigger: string;
  readonly timeout: string | null;
  readonly inputs: readonly PortSummary[];
  readonly outputs: readonly PortSummary[];
  readonly stores: readonly StoreSummary[];
  readonly connectors: readonly ConnectorSummary[];
}

/** One data set of an input or output; a tagged one, or a group, gives several. */
export interface PortSummary {
  readonly dataset: string;
  /** The cell that the package names, or null for the deployment's own. */
  readonly cell: string | null;
  readonly store: string | null;
  /** Type of the Store's connector, as far as the package says it. */
  readonly connector: string | null;
  /** `table orders`, `prefix events/`. */
  readonly place: string | null;
  readonly format: string | null;
  readonly columns: readonly Column[];
}

interface StoreSummary {
  readonly name: string;
  readonly connector: string;
  readonly connection: readonly string[];
  readonly secrets: readonly string[];
}

interface ConnectorSummary {
  readonly name: string;
  readonly type: string;
  readonly version: string | null;
  readonly capabilities: readonly string[];
}

/** What `dk show` shows of a package. */
export function summarize(pkg: Package): PackageSummary {
  const { metadata, spec } = pkg.transform.value;
  return {
    name: metadata.name,
    version: metadata.version ?? null,
    runtime: spec.runtime,
    mode: spec.mode ?? 'batch',
    trigger: triggerText(spec.trigger ?? {}),
    timeout: spec.timeout ?? null,
    inputs: spec.inputs.flatMap((port) => summarizePort(pkg, port)),
    outputs: spec.outputs.flatMap((port) => summarizePort(pkg, port)),
    stores: pkg.stores.map(({ value }) => ({
      name: value.metadata.name,
      connector: value.spec.connector,
      connection: Object.keys(value.spec.connection),
      secrets: Object.keys(value.spec.secrets ?? {}),
    })),
    connectors: pkg.connectors.map(({ value }) => ({
      name: value.metadata.name,
      type: value.spec.type,
      version: value.spec.version ?? value.metadata.version ?? null,
      capabilities: value.spec.capabilities,
    })),
  };
}

function triggerText({ policy = 'manual', schedule, policies = [] }: Trigger): string {
  const when =
    schedule && [schedule.cron, schedule.timezone, schedule.suspend && '(suspended)'].filter(Boolean).join(' ');
  return [policy, policies.join(' or '), when].filter(Boolean).join(': ');
}

function summarizePort(pkg: Package, port: Port): readonly PortSummary[] {
  const found = datasetsOf(pkg, port);
  if (found.length > 0) return found.map((dataset) => summarizeDataset(pkg, dataset, port));
  const wanted = Object.entries(port.tags ?? {}).map((pair) => pair.join('='));
  const nothing = { store: null, connector: null, place: null, format: null, columns: [] };
  return [{ dataset: port.dataset ?? wanted.join(','), cell: port.cell ?? null, ...nothing }];
}

function summarizeDataset(pkg: Package, { value }: Manifest<'DataSet'>, port: Port): PortSummary {
  const { store, format, schema } = value.spec;
  const own = pkg.stores.find((candidate) => candidate.value.metadata.name === store);
  const placed = (['table', 'prefix', 'topic'] as const).find((field) => value.spec[field] !== undefined);
  return {
    dataset: value.metadata.name,
    cell: port.cell ?? null,
    store,
    connector: (own && (connectorOf(own.value, pkg.connectors)?.type ?? own.value.spec.connector)) ?? null,
    place: placed ? `${placed} ${value.spec[placed]}` : null,
    format: format ?? null,
    columns: schema ?? [],
  };
}
