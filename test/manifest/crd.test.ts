import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { crdYaml, customResources } from '../../src/manifest/crd.ts';
import { generatedFiles } from '../../src/manifest/generated-files.ts';
import { isMapping, type Mapping } from '../../src/manifest/mapping.ts';

const root = new URL('../../', import.meta.url);

test.each(generatedFiles())('$path is what the schemas say; `npm run generate` writes it', async ({ path, text }) => {
  expect(await readFile(new URL(path, root), 'utf8')).toBe(text);
});

test.each(customResources)('the schema of $kind is structural', (resource) => {
  expect(unstructural(versionOf(crdYaml(resource)).schema.openAPIV3Schema, resource.kind)).toEqual([]);
});

test.each([
  ['no type', { properties: { a: {} } }],
  ['a closed object with properties', { type: 'object', properties: {}, additionalProperties: false }],
  ['const', { type: 'string', const: 'a' }],
  ['a union', { anyOf: [{ type: 'string' }, { type: 'number' }] }],
  ['a list map without keys', { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'map' }],
])('a schema with %s would be found out', (_, schema) => {
  expect(unstructural(schema, 'x')).not.toEqual([]);
});

test.each(customResources)('$kind has a status subresource and its columns', (resource) => {
  const version = versionOf(crdYaml(resource));
  expect(version).toMatchObject({ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} } });
  expect(version.additionalPrinterColumns).toEqual(resource.columns);
});

test('kubectl get shows the columns that the documentation names', () => {
  const columns = Object.fromEntries(
    customResources.map((resource) => [resource.kind, resource.columns.map(({ name }) => name).join(' ')]),
  );
  expect(columns).toEqual({
    Cell: 'Namespace Ready Stores Packages Age',
    Store: 'Connector Ready Age',
    PackageDeployment: 'Package Version Cell Phase Age',
  });
});

test.each(customResources)('every column of $kind points at a field of its schema', (resource) => {
  const schema = versionOf(crdYaml(resource)).schema.openAPIV3Schema;
  for (const { jsonPath, type } of resource.columns.filter(({ name }) => name !== 'Age')) {
    const field = jsonPath
      .split('.')
      .slice(1)
      .reduce<unknown>((node, key) => mapping(mapping(node).properties)[key], schema);
    expect(field, jsonPath).toMatchObject({ type });
  }
});

test.each(customResources)('kubectl explain says something about every field of $kind', (resource) => {
  const schema = mapping(versionOf(crdYaml(resource)).schema.openAPIV3Schema);
  const { spec, status } = mapping(schema.properties);
  expect([...undescribed(spec, 'spec'), ...undescribed(status, 'status')]).toEqual([]);
});

function versionOf(yaml: string) {
  return parse(yaml).spec.versions[0];
}

const keywords = new Set(
  `type description properties required additionalProperties items enum pattern format minimum minLength maxLength minItems
  minProperties x-kubernetes-preserve-unknown-fields x-kubernetes-list-type x-kubernetes-list-map-keys`.split(/\s+/),
);

/** What the API server would refuse; https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema */
function unstructural(schema: unknown, path: string): readonly string[] {
  const node = mapping(schema);
  const faults = [
    ...Object.keys(node).filter((keyword) => !keywords.has(keyword)),
    ...(node.type === undefined && node['x-kubernetes-preserve-unknown-fields'] !== true ? ['no type'] : []),
    ...(node.type === 'array' && node.items === undefined ? ['no items'] : []),
    ...(node.properties !== undefined && node.additionalProperties !== undefined ? ['both kinds of properties'] : []),
    ...(node.additionalProperties === false ? ['additionalProperties: false'] : []),
    ...(node['x-kubernetes-list-type'] === 'map' ? unmappable(node) : []),
  ];
  return [
    ...faults.map((fault) => `${path}: ${fault}`),
    ...children(node).flatMap(([name, child]) => unstructural(child, `${path}.${name}`)),
  ];
}

/** Keys of a list map must be required scalars of its items. */
function unmappable(node: Mapping): readonly string[] {
  const keys = node['x-kubernetes-list-map-keys'];
  const { required, properties } = mapping(node.items);
  if (!Array.isArray(keys)) return ['no map keys'];
  return keys.filter(
    (key) => !Array.isArray(required) || !required.includes(key) || mapping(properties)[key] === undefined,
  );
}

function undescribed(schema: unknown, path: string): readonly string[] {
  const node = mapping(schema);
  return [
    ...(typeof node.description === 'string' ? [] : [path]),
    ...Object.entries(mapping(node.properties)).flatMap(([name, child]) => undescribed(child, `${path}.${name}`)),
  ];
}

function children(node: Mapping): readonly (readonly [string, unknown])[] {
  return [
    ...Object.entries(mapping(node.properties)),
    ...(node.items === undefined ? [] : [['items', node.items] as const]),
    ...(isMapping(node.additionalProperties) ? [['*', node.additionalProperties] as const] : []),
  ];
}

function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}
