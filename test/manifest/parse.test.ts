import { expect, test } from 'vitest';
import { parseManifests } from '../../src/manifest/parse.ts';
import { problemText } from '../../src/manifest/problem.ts';

const header = (kind: string, name = 'x') =>
  `apiVersion: datakit.infoblox.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
const transform = `${header('Transform', 'pg-to-s3')}spec:
  runtime: generic-node
  inputs:
    - dataset: raw
  outputs:
    - dataset: lake
`;
const problemsOf = (text: string) => parseManifests(text, 'dk.yaml').problems.map(problemText);

test('a valid manifest is handed out as plain data with its source', () => {
  const { manifests, problems } = parseManifests(transform, 'dk.yaml');
  expect(problems).toEqual([]);
  expect(manifests).toHaveLength(1);
  expect(manifests[0]?.value.metadata.name).toBe('pg-to-s3');
  expect(manifests[0]?.source.at(['spec', 'inputs', 0, 'dataset'])).toEqual({ line: 8, column: 16 });
  expect(manifests[0]?.source.at(['spec', 'inputs', 0, 'dataset'], 'key')).toEqual({ line: 8, column: 7 });
});

test('a path that does not exist is found at its nearest parent', () => {
  const source = parseManifests(transform, 'dk.yaml').manifests[0]?.source;
  expect(source?.at(['spec', 'timeout'])).toEqual({ line: 5, column: 1 });
  expect(source?.at(['status', 'ready'])).toEqual({ line: 1, column: 1 });
});

test('every problem is reported at once, with its place and the near miss', () => {
  const text = `${header('Transform', 'Pg')}  verson: "1"
spec:
  runtime: generic-nod
  inputs:
    - datset: raw
  outputs: []
  replicas: -1
  image:
  command: run
  lineage: "yes"
`;
  expect(problemsOf(text)).toEqual([
    'dk.yaml:4:9 metadata.name: must be lower-case letters, digits and hyphens, with a letter or digit at both ends',
    'dk.yaml:5:3 metadata.verson: unknown field; did you mean "version"?',
    'dk.yaml:7:12 spec.runtime: "generic-nod" is not one of generic-node, generic-python, generic-go, dbt, cloudquery; did you mean "generic-node"?',
    'dk.yaml:9:7 spec.inputs[0].datset: unknown field; did you mean "dataset"?',
    'dk.yaml:10:12 spec.outputs: must have at least one item',
    'dk.yaml:11:13 spec.replicas: must be at least 0',
    'dk.yaml:12:3 spec.image: is empty; must be a string',
    'dk.yaml:13:12 spec.command: must be a list, not a string',
    'dk.yaml:14:12 spec.lineage: must be a boolean, not a string',
  ]);
});

test('more than eight problems are all reported', () => {
  const fields = Array.from({ length: 40 }, (_, index) => `  nonsense${index}: 1\n`).join('');
  expect(problemsOf(`${transform}${fields}`)).toHaveLength(40);
});

test('a missing field is reported at its parent', () => {
  expect(problemsOf(`${header('Cell')}spec: {}\n`)).toEqual(['dk.yaml:5:7 spec.namespace: required field is missing']);
});

test('a required field that was mistyped is reported once', () => {
  expect(problemsOf(`${header('Cell')}spec:\n  namspace: dk-x\n`)).toEqual([
    'dk.yaml:6:3 spec.namspace: unknown field; did you mean "namespace"?',
  ]);
});

test('a field of spec that stands at the top is sent to spec', () => {
  expect(problemsOf(`${transform}timeout: 5m\n`)).toEqual([
    'dk.yaml:11:1 timeout: unknown field; did you mean "spec.timeout"?',
  ]);
});

test('a number where a string is meant is told to be quoted', () => {
  expect(problemsOf(`${header('Cell')}  labels: { year: 2024 }\nspec: { namespace: x }\n`)).toEqual([
    'dk.yaml:5:19 metadata.labels.year: must be a string, not a number; put it in quotes',
  ]);
});

test('a legacy field is a warning and does not spoil the manifest', () => {
  const { manifests, problems } = parseManifests(`${transform}  owner: me\n  config: { a: 1 }\n`, 'dk.yaml');
  expect(problems.map(problemText)).toEqual([
    'dk.yaml:11:3 warning: spec.owner: legacy field, kept but not used; say it in the label "owner"',
    'dk.yaml:12:3 warning: spec.config: legacy field, kept but not used; use spec.env',
  ]);
  expect(manifests).toHaveLength(1);
});

test('status and what a server sets in metadata are stripped', () => {
  const text = `${header('Store')}  uid: 1
  resourceVersion: "7"
  generation: 2
  creationTimestamp: null
  managedFields: [{}]
  ownerReferences: []
  finalizers: [x]
  selfLink: /x
  annotations: { kubectl.kubernetes.io/last-applied-configuration: "{}" }
spec: { connector: s3, connection: { bucket: b } }
status: nonsense
`;
  const { manifests, problems } = parseManifests(text, 'x.yaml');
  expect(problems).toEqual([]);
  expect(manifests[0]?.value).toEqual({
    apiVersion: 'datakit.infoblox.dev/v1alpha1',
    kind: 'Store',
    metadata: { name: 'x' },
    spec: { connector: 's3', connection: { bucket: 'b' } },
  });
});

test.each([
  ['kind: Store\nmetadata: {}\n', 'f:1:1 apiVersion: required field is missing; ours is datakit.infoblox.dev/v1alpha1'],
  ['apiVersion: datakit.infoblox.dev/v1alpha1\n', 'f:1:1 kind: required field is missing; one of Cell, Connector'],
  [
    'apiVersion: datakit.infoblox.dev/v1alpha1\nkind: Celll\n',
    'f:2:7 kind: "Celll" is not a kind of ours: Cell, Connector',
  ],
  [
    'apiVersion: datakit.infoblox.dev/v1\nkind: Cell\n',
    'f:1:13 apiVersion: "datakit.infoblox.dev/v1" is unknown; did you mean "datakit.infoblox.dev/v1alpha1"?',
  ],
  [
    'apiVersion: datakit.infoblox.dev.v1alpha1\nkind: Cell\n',
    'f:1:13 apiVersion: "datakit.infoblox.dev.v1alpha1" is unknown; did you mean "datakit.infoblox.dev/v1alpha1"?',
  ],
  ['apiVersion: [v1]\nkind: Cell\n', 'f:1:13 apiVersion: must be a string'],
  ['apiVersion: v1\nkind: 5\n', 'f:2:7 kind: must be a string'],
  ['- a\n', 'f:1:1 a manifest is a mapping with apiVersion, kind, metadata, spec'],
])('%j is refused with a sentence', (text, expected) => {
  const { manifests, others, problems } = parseManifests(text, 'f');
  expect(problems.map(problemText)).toEqual([expect.stringContaining(expected)]);
  expect([...manifests, ...others]).toEqual([]);
});

test('documents of other kinds are handed to the caller', () => {
  const text = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: dk-canary\n---\n${transform}`;
  const { manifests, others, problems } = parseManifests(text, 'cell.yaml');
  expect(problems).toEqual([]);
  expect(manifests.map(({ kind }) => kind)).toEqual(['Transform']);
  expect(others).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: 'dk-canary',
      file: 'cell.yaml',
      position: { line: 1, column: 1 },
      value: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dk-canary' } },
    },
  ]);
});

test('a manifest without its faulty fields is kept for further checks only', () => {
  const { manifests, salvaged } = parseManifests(`${transform}  timout: 5m\n  replicas: "2"\n`, 'dk.yaml');
  expect(manifests).toEqual([]);
  expect(salvaged[0]?.value).toEqual(parseManifests(transform, 'dk.yaml').manifests[0]?.value);
});

test('problems of a file that holds a Store or a Secret are never quoted', () => {
  const secret = (text: string) => parseManifests(text, 'f').problems.map((problem) => problem.secret);
  expect(secret(`${header('Store')}spec: { connector: s3, conection: {} }\n`)).toEqual([true]);
  expect(secret(`kind: Secret\npassword: "hunter2\n`)).toEqual([true]);
  expect(secret(`${transform}  timout: 5m\n`)).toEqual([undefined]);
});

test('no message holds a value that may be a secret', () => {
  const text = `${header('Store')}spec:\n  connector: postgres\n  connection: hunter2\n  secrets: { password: 31337, "a b": [hunter2] }\n`;
  const messages = problemsOf(text).join('\n');
  expect(messages).toContain('spec.secrets.password: must be a string, not a number; put it in quotes');
  expect(messages).toContain('spec.secrets["a b"]: must be a string, not a list');
  expect(messages).not.toMatch(/hunter2|31337/);
});
