import { inVersionRange, isVersionRange } from '../../manifest/grammar/version.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import { builtIn, connectorOf, namesOf } from '../../package/connectors.ts';
import { type Finding, finding, type Subject } from '../rule.ts';

export function* connectorKnown({ stores, connectors, incomplete }: Subject): Iterable<Finding> {
  if (incomplete.has('Connector')) return;
  const known = [...new Set([...connectors.flatMap(({ value }) => namesOf(value)), ...builtIn])];
  for (const store of stores) {
    const { connector } = store.value.spec;
    if (connectorOf(store.value, connectors) !== undefined) continue;
    const message = `there is no connector "${connector}" in connector/, and none built in${didYouMean(connector, known)}`;
    yield finding(store, ['spec', 'connector'], message);
  }
}

export function* connectorVersion({ stores, connectors }: Subject): Iterable<Finding> {
  for (const store of stores) {
    const range = store.value.spec.connectorVersion;
    if (range === undefined) continue;
    const at = ['spec', 'connectorVersion'];
    const version = connectorOf(store.value, connectors)?.version;
    if (!isVersionRange(range)) yield finding(store, at, 'must be a semver range such as ^1.2.0');
    else if (version !== undefined && !inVersionRange(version, range)) {
      yield finding(store, at, `the connector "${store.value.spec.connector}" has version ${version}`);
    }
  }
}

export function* fieldsComplete({ stores, connectors }: Subject): Iterable<Finding> {
  for (const store of stores) {
    const { connection, secrets = {}, connector } = store.value.spec;
    const given = [...Object.keys(connection), ...Object.keys(secrets)];
    for (const needed of connectorOf(store.value, connectors)?.fields?.needed ?? []) {
      if (needed.some((field) => given.includes(field))) continue;
      yield finding(store, ['spec', 'connection'], `a Store of ${connector} needs ${needed.join(' or ')}`);
    }
  }
}

export function* fieldsKnown({ stores, connectors }: Subject): Iterable<Finding> {
  for (const store of stores) {
    const known = connectorOf(store.value, connectors)?.fields?.names;
    if (known === undefined) continue;
    for (const part of ['connection', 'secrets'] as const) {
      for (const field of Object.keys(store.value.spec[part] ?? {}).filter((name) => !known.includes(name))) {
        const message = `a Store of ${store.value.spec.connector} has no such field${didYouMean(field, known)}`;
        yield finding(store, ['spec', part, field], message, { part: 'key' });
      }
    }
  }
}

export function* connectionScalar({ stores }: Subject): Iterable<Finding> {
  for (const store of stores) {
    for (const [field, value] of Object.entries(store.value.spec.connection)) {
      if (['string', 'number', 'boolean'].includes(typeof value)) continue;
      yield finding(store, ['spec', 'connection', field], 'must be a string, a number or a boolean');
    }
  }
}
