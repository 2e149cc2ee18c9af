import { expect, test } from 'vitest';
import { parseManifests } from '../../src/manifest/parse.ts';
import { writeManifests } from '../../src/manifest/write.ts';

const cell = {
  status: { ready: true },
  spec: { namespace: 'dk-canary', labels: { tier: 'canary' } },
  metadata: { labels: { on: 'yes', version: '1.0' }, name: 'canary' },
  kind: 'Cell',
  apiVersion: 'datakit.infoblox.dev/v1alpha1',
} as const;

test('a manifest is written in the order in which people read it, without status', () => {
  expect(writeManifests(cell)).toBe(`apiVersion: datakit.infoblox.dev/v1alpha1
kind: Cell
metadata:
  name: canary
  labels:
    "on": "yes"
    version: "1.0"
spec:
  namespace: dk-canary
  labels:
    tier: canary
`);
});

test('several documents are separated and read back as they were', () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dk-canary' } };
  const text = writeManifests([namespace, cell]);
  const { manifests, others, problems } = parseManifests(text, 'cell.yaml');
  const { status: _, ...written } = cell;
  expect(problems).toEqual([]);
  expect(others.map(({ value }) => value)).toEqual([namespace]);
  expect(manifests.map(({ value }) => value)).toEqual([written]);
});

test('what stands in two places is written twice, never as an alias', () => {
  const labels = { a: 'b' };
  const text = writeManifests({ ...cell, metadata: { name: 'x', labels }, spec: { namespace: 'x', labels } });
  expect(text).not.toMatch(/[&*]/);
});

test('long values are not folded', () => {
  const connection = { connection_string: `postgresql://host/${'word '.repeat(60)}` };
  const text = writeManifests({ ...cell, kind: 'Store', spec: { connector: 'postgres', connection } });
  expect(text).toContain(connection.connection_string);
});
