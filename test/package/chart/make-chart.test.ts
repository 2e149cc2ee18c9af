import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { chartYaml } from '../../../src/package/chart/chart-yaml.ts';
import { temporaryFolder } from '../../lint/temporary.ts';
import { chartOf } from './charts.ts';

const transform = (metadata: string, spec = '') => `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Transform
metadata: ${metadata}
spec:
  runtime: generic-node
  inputs: [{ dataset: orders }]
  outputs: [{ dataset: revenue }]
${spec}`;

test('a chart has the manifests of the package byte for byte, and nothing of its store/, src/ or tests/', async () => {
  const odd = `# Zeile\r\n${transform('{ name: odd, version: 1.0.0 }', '  # ü 𝄞 \u2028 <&> {{ .Values.cell }} \t  \n\n\n')}`;
  const folder = await temporaryFolder({ 'dk.yaml': `\uFEFF${odd}`, '.env': 'X=1', 'tests/x.mjs': '' }, 'good-node');
  const { files } = await chartOf(folder);
  expect(files.map(({ path }) => path)).toEqual([
    'Chart.yaml',
    'dataset/orders.yaml',
    'dataset/revenue.yaml',
    'dk.yaml',
    'templates/packagedeployment.yaml',
    'values.schema.json',
    'values.yaml',
  ]);
  // Helm takes a byte order mark away, too.
  expect(files.find(({ path }) => path === 'dk.yaml')?.text).toBe(odd);
});

test('both layouts of DataSets become one, and no file is lost to another of its name', async () => {
  const folder = await temporaryFolder(
    {
      'dataset/orders.yaml': dataset('orders-of-today'),
      'datasets/orders/dk.yaml': dataset('orders-of-old'),
    },
    'older-layout',
  );
  const { files } = await chartOf(folder);
  const names = files
    .filter(({ path }) => path.startsWith('dataset'))
    .map(({ path, text }) => [path, /name: ([\w-]+)/.exec(text)?.[1]]);
  expect(names).toEqual([
    ['dataset/orders-2.yaml', 'orders'],
    ['dataset/orders-3.yaml', 'orders-of-old'],
    ['dataset/orders.yaml', 'orders-of-today'],
    ['dataset/revenue.yaml', 'revenue'],
  ]);
});

test('Chart.yaml tells what dk search shows', async () => {
  const folder = await temporaryFolder(
    {
      'dk.yaml': transform(
        '{ name: nightly, version: 1.2.4, annotations: { description: "yes: \'quoted\'" } }',
        '  mode: streaming\n  trigger: { policy: schedule, schedule: { cron: "0 3 * * *" } }\n',
      ),
    },
    'good-node',
  );
  expect(chartYaml(await chartOf(folder, { revision: 'a'.repeat(40) }))).toEqual({
    apiVersion: 'v2',
    type: 'application',
    name: 'nightly',
    version: '1.2.4-g29aef00',
    appVersion: '1.2.4',
    description: "yes: 'quoted'",
    annotations: {
      'datakit.infoblox.dev/runtime': 'generic-node',
      'datakit.infoblox.dev/mode': 'streaming',
      'datakit.infoblox.dev/inputs': 'orders',
      'datakit.infoblox.dev/outputs': 'revenue',
      'datakit.infoblox.dev/schedule': '{"cron":"0 3 * * *"}',
      'org.opencontainers.image.created': '2026-11-23T03:09:14Z',
      'org.opencontainers.image.revision': 'a'.repeat(40),
    },
  });
});

test('a package that says nothing of itself is described by what it reads and writes', async () => {
  expect(chartYaml(await chartOf('good-node'))).toMatchObject({ description: 'Reads orders; writes revenue' });
});

test('values.yaml names the image and the registry where they are known', async () => {
  const valuesIn = async (release: object) =>
    parse((await chartOf('good-node', release)).files.find(({ path }) => path === 'values.yaml')?.text ?? '');
  expect(await valuesIn({})).toEqual({ cell: '', namespace: '' });
  expect(await valuesIn({ image: 'localhost:5000/x:1', registry: 'localhost:5000' })).toEqual({
    cell: '',
    namespace: '',
    image: 'localhost:5000/x:1',
    package: { registry: 'localhost:5000' },
  });
});

test('manifests that one object of a cluster could not hold are refused, the largest first', async () => {
  const folder = await temporaryFolder(
    { 'dataset/large.yaml': `${dataset('large')}# ${'x'.repeat(256 * 1024)}\n` },
    'good-node',
  );
  await expect(chartOf(folder)).rejects.toMatchObject({
    kind: 'invalid',
    why: expect.arrayContaining(['dataset/large.yaml: 256.1 KiB']),
  });
});

function dataset(name: string): string {
  return `apiVersion: datakit.infoblox.dev/v1alpha1
kind: DataSet
metadata: { name: ${name} }
spec: { store: warehouse, table: orders }
`;
}
