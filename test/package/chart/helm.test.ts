import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { Failure } from '../../../src/failure.ts';
import { PackageDeployment } from '../../../src/manifest/schema/package-deployment.ts';
import { validate } from '../../../src/manifest/validate.ts';
import type { Chart } from '../../../src/package/chart/chart.ts';
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

function rendered(folder: string, given: unknown): unknown {
  return parse(
    helm('template', 'any', folder, '--values', folders.file('values.yaml', stringify(given, { compat: 'yaml-1.1' }))),
  );
}

describe.skipIf(withoutHelm)(`what dk deploys equals what helm renders${withoutHelm}`, () => {
  test.for(Object.entries(values))('with %s', async ([, given]) => {
    const chart = await chartOf(example, { image: 'localhost:5000/pg-to-s3:1', registry: 'localhost:5000/team' });
    const deployment = deploymentOf(chart, given);
    expect(deployment).toEqual(rendered(folders.write(chart), given));
    expect(validate(PackageDeployment, deployment)).toEqual([]);
  });
});
