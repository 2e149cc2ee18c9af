import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { PackageDeployment } from '../../../src/manifest/schema/package-deployment.ts';
import { validate } from '../../../src/manifest/validate.ts';
import { chartYaml } from '../../../src/package/chart/chart-yaml.ts';
import { deploymentOf } from '../../../src/package/chart/deployment.ts';
import { packChart } from '../../../src/package/chart/pack-chart.ts';
import { readChart } from '../../../src/package/chart/read-chart.ts';
import type { ChartValues } from '../../../src/package/chart/values.ts';
import { temporaryFolder } from '../../lint/temporary.ts';
import { chartFolders, chartOf, helm, withoutHelm } from './charts.ts';

const folders = chartFolders();
const example = fileURLToPath(new URL('../../../examples/pg-to-s3', import.meta.url));

const scheduled = `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Transform
metadata: { name: nightly, version: 2.0.0, annotations: { description: "yes: <b>&amp;</b> 'quoted' \\"twice\\"" } }
spec:
  runtime: generic-node
  inputs: [{ dataset: orders }]
  outputs: [{ dataset: revenue }]
  image: registry.example/nightly:1
  trigger: { policy: schedule, schedule: { cron: "0 3 * * *", timezone: Europe/Berlin, suspend: true } }
`;

const values: Readonly<Record<string, ChartValues>> = {
  'a cell alone': { cell: 'canary' },
  'a cell with a namespace of its own': { cell: 'canary', namespace: 'team-a' },
  'a schedule as a text': { cell: 'canary', schedule: '0 */6 * * *' },
  'a schedule as a map': {
    cell: 'canary',
    schedule: { cron: '@hourly', timezone: 'America/New_York', suspend: false },
  },
  'suspend over a schedule': { cell: 'canary', schedule: '5 4 * * *', suspend: true },
  'suspend over that of the schedule': { cell: 'c', schedule: { cron: '5 4 * * *', suspend: true }, suspend: false },
  'an empty schedule': { cell: 'canary', schedule: '' },
  resources: { cell: 'canary', resources: { requests: { cpu: '200m', memory: '512Mi' }, limits: { memory: '1Gi' } } },
  'flat resources': { cell: 'canary', resources: { cpu: '1', ephemeralStorage: '2Gi' } },
  'no replicas': { cell: 'canary', mode: 'streaming', replicas: 0 },
  'several replicas': { cell: 'canary', mode: 'streaming', replicas: 3, timeout: '1h30m' },
  'an environment': {
    cell: 'canary',
    env: [
      { name: 'TEXT', value: 'yes: {{ .Values.cell }} <&> # "1" \\n ü 𝄞\n\ttab' },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
    ],
  },
  'accounts and pull secrets': {
    cell: 'canary',
    serviceAccountName: 'reader',
    imagePullSecrets: [{ name: 'one' }, { name: 'two' }],
  },
  'where it comes from': {
    cell: 'canary',
    package: {
      name: 'pg-to-s3',
      version: '1.2.4-g29aef00',
      registry: 'ghcr.io/team',
      namespace: 'data',
      digest: `sha256:${'0'.repeat(64)}`,
    },
  },
  'another image': { cell: 'canary', image: 'mirror.example/pg-to-s3@sha256:0' },
  'words of YAML 1.1': { cell: 'on', namespace: 'no', timeout: '1:30', serviceAccountName: 'yes' },
  'nothing at all for some': parse(
    '{ cell: canary, resources: null, schedule: null, env: null, suspend: null, mode: null }',
  ),
  'nothing for what the chart says': parse('{ cell: canary, image: null, namespace: null, package: null }'),
};

const scheduledValues: Readonly<Record<string, ChartValues>> = {
  'no word of it': { cell: 'canary' },
  'another time': { cell: 'canary', schedule: '0 */6 * * *' },
  'another time zone': { cell: 'canary', schedule: { timezone: 'UTC' } },
  'no suspension': { cell: 'canary', suspend: false },
};

const impossible: Readonly<Record<string, ChartValues>> = {
  'no cell': parse('{}'),
  'a cell that is none': { cell: 'Not a cell' },
  'a cell that is a number': parse('{ cell: 7 }'),
  'a field that there is not': parse('{ cell: canary, shedule: "0 3 * * *" }'),
  'a number for a quantity': parse('{ cell: canary, resources: { requests: { cpu: 1 } } }'),
  'fewer copies than none': { cell: 'canary', replicas: -1 },
  'an empty image': { cell: 'canary', image: '' },
  'suspension of no schedule': { cell: 'canary', suspend: true },
  'another package': { cell: 'canary', package: { name: 'another' } },
  'another version': { cell: 'canary', package: { name: 'pg-to-s3', version: '9.9.9' } },
};

const connector = `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Connector
metadata: { name: s3 }
spec: { type: s3, capabilities: [source, destination] }
`;

function rendered(folder: string, given: unknown): unknown {
  const text = stringify(given, { compat: 'yaml-1.1' });
  // As kubectl reads it.
  return parse(helm('template', 'any', folder, '--values', folders.file('values.yaml', text)), { version: '1.1' });
}

describe.skipIf(withoutHelm)(`what dk deploys equals what helm renders${withoutHelm}`, () => {
  test.for(Object.entries(values))('with %s', async ([, given]) => {
    const chart = await chartOf(example, { image: 'localhost:5000/pg-to-s3:1', registry: 'localhost:5000/team' });
    const deployment = deploymentOf(chart, given);
    expect(deployment).toEqual(rendered(folders.write(chart), given));
    expect(validate(PackageDeployment, deployment)).toEqual([]);
  });

  test.for(Object.entries(scheduledValues))('for a package with a schedule and %s', async ([, given]) => {
    const chart = await chartOf(await temporaryFolder({ 'dk.yaml': scheduled }, 'good-node'));
    const deployment = deploymentOf(chart, given);
    expect(deployment).toEqual(rendered(folders.write(chart), given));
    expect(validate(PackageDeployment, deployment)).toEqual([]);
  });

  test('for manifests with every kind of character', async () => {
    const odd = `${scheduled}  # \r ü 𝄞 \u2028 \u0085 \u00a0 <&> " ' {{ .Values.cell }} \t  \r\n\n\n`;
    const folder = await temporaryFolder({ 'dk.yaml': odd, 'connector/s3.v2.yml': connector }, 'older-layout');
    const chart = await chartOf(folder);
    const deployment = deploymentOf(chart, { cell: 'canary' });
    expect(deployment).toEqual(rendered(folders.write(chart), { cell: 'canary' }));
    expect(deployment.spec.manifests).toMatchObject({ 'dk.yaml': odd, 'connector/s3.v2.yml': connector });
  });

  test.for(Object.entries(impossible))('and both refuse %s', async ([, given]) => {
    const chart = await chartOf(example);
    expect(() => deploymentOf(chart, given)).toThrow(expect.objectContaining({ kind: 'invalid' }));
    expect(() => rendered(folders.write(chart), given)).toThrow();
  });

  test('and both ask for a cell in the same sentence', async () => {
    const chart = await chartOf(example);
    expect(() => deploymentOf(chart, { cell: '' })).toThrow(
      expect.objectContaining({ why: [expect.stringMatching(/^cell is missing: /)] }),
    );
    expect(() => helm('template', 'any', folders.write(chart))).toThrow(/cell is missing: say in values.yaml/);
  });
});

test('no deployment is made of a chart that has no package in it', async () => {
  const { files, ...chart } = await chartOf(example);
  const without = { ...chart, files: files.filter(({ path }) => path !== 'dk.yaml') };
  expect(() => deploymentOf(without, { cell: 'canary' })).toThrow(
    expect.objectContaining({ why: ['It holds no dk.yaml'] }),
  );
});

describe.skipIf(withoutHelm)(`a chart is one of Helm's${withoutHelm}`, () => {
  test('which finds nothing wrong with it, with or without values', async () => {
    const folder = folders.write(await chartOf(example, { image: 'localhost:5000/pg-to-s3:1' }));
    expect(helm('lint', '--strict', folder)).toContain('0 chart(s) failed');
    expect(helm('lint', '--strict', folder, '--set', 'cell=canary')).toContain('0 chart(s) failed');
  });

  test('which shows it, and packs it to one that dk reads as the same', async () => {
    const chart = await chartOf(example);
    const { tgz } = await packChart(chart);
    const file = folders.file('pg-to-s3-1.2.4-g29aef00.tgz', tgz);
    expect(parse(helm('show', 'chart', file))).toEqual(chartYaml(chart));
    expect(helm('show', 'values', file)).toContain('cell: ""');
    const packed = helm(
      'package',
      folders.write(chart),
      '--destination',
      folders.file('.keep', '').replace('/.keep', ''),
    );
    const again = await readChart(readFileSync(packed.trim().replace(/^.*: /, '')));
    expect(deploymentOf(again, { cell: 'canary' })).toEqual(deploymentOf(chart, { cell: 'canary' }));
  });
});
