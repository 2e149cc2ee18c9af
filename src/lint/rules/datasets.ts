import { didYouMean } from '../../manifest/near-miss.ts';
import type { DataSet } from '../../manifest/schema/dataset.ts';
import { connectorOf } from '../../package/connectors.ts';
import { type Finding, finding, type Subject } from '../rule.ts';

export function* datasetStore({ datasets, groups, stores, incomplete }: Subject): Iterable<Finding> {
  if (incomplete.has('Store')) return;
  const known = stores.map(({ value }) => value.metadata.name);
  for (const manifest of [...datasets, ...groups]) {
    const { store } = manifest.value.spec;
    if (known.includes(store)) continue;
    const message = `there is no Store "${store}" in store/${didYouMean(store, known)}`;
    yield finding(
      manifest,
      ['spec', 'store'],
      message.endsWith('?') ? message : `${message}; it must come from a cell`,
    );
  }
}

export function* groupStore({ datasets, groups }: Subject): Iterable<Finding> {
  for (const group of groups) {
    for (const [index, name] of group.value.spec.datasets.entries()) {
      const member = datasets.find(({ value }) => value.metadata.name === name);
      if (!member || member.value.spec.store === group.value.spec.store) continue;
      const message = `the DataSet "${name}" is in the Store "${member.value.spec.store}", the group in "${group.value.spec.store}"`;
      yield finding(group, ['spec', 'datasets', index], message);
    }
  }
}

const placements = { table: 'postgres', prefix: 's3', topic: 'kafka' } as const;
const fitting: Readonly<Record<string, keyof typeof placements>> = { postgres: 'table', s3: 'prefix', kafka: 'topic' };

export function* placement({ datasets, stores, connectors }: Subject): Iterable<Finding> {
  for (const dataset of datasets) {
    const { spec } = dataset.value;
    const store = stores.find(({ value }) => value.metadata.name === spec.store);
    const type = store && connectorOf(store.value, connectors)?.type;
    const wanted = type === undefined ? undefined : fitting[type];
    if (!hasPlacement(spec))
      yield finding(dataset, ['spec'], `says not where it is; give ${wanted ?? 'table, prefix or topic'}`);
    else if (wanted !== undefined && spec[wanted] === undefined) {
      yield finding(dataset, ['spec'], `its Store "${spec.store}" is ${type}, so it needs a ${wanted}`);
    }
  }
}

function hasPlacement(spec: DataSet['spec']): boolean {
  return Object.keys(placements).some((field) => Object.hasOwn(spec, field));
}

export function* schemaOrReference({ datasets }: Subject): Iterable<Finding> {
  for (const dataset of datasets) {
    const { schema, schemaRef } = dataset.value.spec;
    if (schema === undefined || schemaRef === undefined) continue;
    yield finding(dataset, ['spec', 'schemaRef'], 'stands beside schema; one of them is meant', { part: 'key' });
  }
}

export function* columnsOnce({ datasets }: Subject): Iterable<Finding> {
  for (const dataset of datasets) {
    const seen = new Set<string>();
    for (const [index, { name }] of (dataset.value.spec.schema ?? []).entries()) {
      if (seen.has(name))
        yield finding(dataset, ['spec', 'schema', index, 'name'], `the column "${name}" stands here twice`);
      seen.add(name);
    }
  }
}

export function* classified({ datasets }: Subject): Iterable<Finding> {
  for (const dataset of datasets) {
    const { schema = [], classification } = dataset.value.spec;
    const index = schema.findIndex(({ pii }) => pii === true);
    if (index === -1 || classification !== undefined) continue;
    const message = `the column "${schema[index]?.name}" is personal data, so the DataSet needs a classification`;
    yield finding(dataset, ['spec', 'schema', index, 'pii'], message);
  }
}
