import { Failure } from '../../failure.ts';
import { apiVersion } from '../../manifest/api-version.ts';
import { isMapping } from '../../manifest/mapping.ts';
import { readYaml } from '../../manifest/read-yaml.ts';
import type { PackageDeployment } from '../../manifest/schema/package-deployment.ts';
import { transformFile } from '../layout.ts';
import { chartAnnotations } from './annotations.ts';
import type { Chart } from './chart.ts';
import { chartYaml } from './chart-yaml.ts';
import { readValues, refusedValues } from './read-values.ts';
import { labels, missing } from './template.ts';
import { type ChartValues, isPartialSchedule, type NormalValues, type PartialSchedule } from './values.ts';

type Spec = PackageDeployment['spec'];

/** What `helm template` renders of a package's chart with these values; an invalid Failure where it would refuse them. */
export function deploymentOf(chart: Chart, values: ChartValues): PackageDeployment {
  const { name, version } = chart;
  const manifests = manifestsOf(chart);
  const all = readValues(chart, values);
  const { cell, namespace, package: { registry, namespace: repository, digest } = {} } = all;
  const schedule = scheduleOf(chart, all);
  return {
    apiVersion,
    kind: 'PackageDeployment',
    metadata: {
      name,
      namespace: namespace || `dk-${cell}`,
      labels: { [labels.package]: name, [labels.cell]: cell },
    },
    spec: {
      package: {
        name,
        version,
        ...(registry && { registry }),
        ...(repository && { namespace: repository }),
        ...(digest && { digest }),
      },
      cell,
      ...plainFieldsOf(all),
      ...(schedule && { schedule }),
      manifests,
    },
  };
}

/** Those that are said. */
function plainFieldsOf(values: NormalValues): Partial<Spec> {
  const { mode, image, timeout, resources, replicas, env, serviceAccountName, imagePullSecrets } = values;
  return {
    ...(mode !== undefined && { mode }),
    ...(image !== undefined && { image }),
    ...(timeout !== undefined && { timeout }),
    ...(resources !== undefined && { resources }),
    ...(replicas !== undefined && { replicas }),
    ...(env !== undefined && { env }),
    ...(serviceAccountName !== undefined && { serviceAccountName }),
    ...(imagePullSecrets !== undefined && { imagePullSecrets }),
  };
}

/** Each field that is said replaces that of dk.yaml; undefined where none is. */
function scheduleOf(chart: Chart, { schedule, suspend }: NormalValues): Spec['schedule'] {
  const said = { ...schedule, ...(suspend !== undefined && { suspend }) };
  if (Object.keys(said).length === 0) return undefined;
  const { cron, timezone, suspend: suspended } = { ...ownSchedule(chart), ...said };
  if (!cron) throw refusedValues(chart, [missing.cron]);
  return { cron, ...(timezone !== undefined && { timezone }), ...(suspended !== undefined && { suspend: suspended }) };
}

function ownSchedule(chart: Chart): PartialSchedule {
  const { annotations } = chartYaml(chart);
  const text = isMapping(annotations) ? annotations[chartAnnotations.schedule] : undefined;
  // JSON is YAML, whose parser knows how to say no.
  const [document] = readYaml(typeof text === 'string' ? text : '{}', 'Chart.yaml');
  if (document?.ok && isPartialSchedule(document.value)) return document.value;
  throw notOurs(chart, `Its annotation ${chartAnnotations.schedule} holds no schedule`);
}

function manifestsOf(chart: Chart): Readonly<Record<string, string>> {
  const manifests = chart.files.filter(({ path }) => /^(dk\.yaml|(connector|dataset)\/[^/]+)$/.test(path));
  if (manifests.some(({ path }) => path === transformFile))
    return Object.fromEntries(manifests.map(({ path, text }) => [path, text]));
  throw notOurs(chart, `It holds no ${transformFile}`);
}

/** Registries hold other charts of Helm, too. */
function notOurs({ name, version }: Chart, why: string): Failure {
  return new Failure('invalid', { what: `The chart ${name} ${version} is not one of a package`, why });
}
