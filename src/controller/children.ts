import { createHash } from 'node:crypto';
import { encodeValues } from '../launch/job/manifest.ts';
import { podTemplate } from '../launch/job/pod-template.ts';
import { runSpecName } from '../launch/run-spec-mount.ts';
import type { KubernetesObject } from '../tools/kubernetes.ts';
import type { Behaviour, Schedule } from './behaviour.ts';
import { appliedAnnotation, childLabels, configuredAnnotation, triggerAnnotation, uidLabel } from './labels.ts';
import type { WatchedDeployment } from './observed.ts';
import type { Wanted } from './wanted.ts';

/** An object that is to be there for a deployment. */
export interface Child extends KubernetesObject {
  readonly spec?: object;
  readonly data?: Readonly<Record<string, string>>;
}

/** Kubernetes tries a failed run again, ever more seldom: for a quarter of an hour with its own patience. */
const backoffLimit = 6;
/** So many digits tell a deployment's children from those of an earlier one of its name. */
const uidDigits = 8;
const triggerDigits = 12;
/** A CronJob adds eleven characters to its name, and no name is longer than 63. */
const longestName = 52;

/** Name of what a deployment has one of. */
export function childName({ metadata }: WatchedDeployment): string {
  return nameWith(metadata.name, digest(metadata.uid ?? '').slice(0, uidDigits));
}

/** Name of the Job of one trigger: the same trigger of the same deployment never has two. */
export function jobName({ metadata }: WatchedDeployment, trigger: string): string {
  return nameWith(metadata.name, digest(`${metadata.uid}\0${trigger}`).slice(0, triggerDigits));
}

function nameWith(name: string, end: string): string {
  return `${name.slice(0, longestName - 1 - end.length).replace(/-+$/, '')}-${end}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** All variables and the run spec; `configured` is when they came to be so. */
export function secretOf(deployment: WatchedDeployment, wanted: Wanted, configured: string): Child {
  const data = encodeValues({ ...wanted.variables, [runSpecName]: wanted.runSpec });
  const annotations = { [appliedAnnotation]: contentOf(wanted), [configuredAnnotation]: configured };
  return {
    ...headOf(deployment, { apiVersion: 'v1', kind: 'Secret', name: childName(deployment), annotations }),
    data,
  };
}

/** A digest of what the Secret holds; it stands in the Secret alone. */
export function contentOf({ variables, runSpec }: Wanted): string {
  return digest(JSON.stringify([Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)), runSpec]));
}

/** The Job of one trigger; `covers` is what it is started for. */
export function jobOf(
  deployment: WatchedDeployment,
  wanted: Wanted,
  { name, covers, configured }: { readonly name: string; readonly covers: string; readonly configured: string },
): Child {
  const annotations = { [triggerAnnotation]: covers };
  const head = headOf(deployment, { apiVersion: 'batch/v1', kind: 'Job', name, annotations });
  return { ...head, spec: jobSpec(deployment, wanted, configured) };
}

export function cronJobOf(
  deployment: WatchedDeployment,
  wanted: Wanted,
  schedule: Schedule,
  configured: string,
): Child {
  const labels = labelsOf(deployment);
  return applied({
    ...headOf(deployment, { apiVersion: 'batch/v1', kind: 'CronJob', name: childName(deployment) }),
    spec: {
      schedule: schedule.text,
      timeZone: schedule.timezone,
      suspend: schedule.suspend,
      concurrencyPolicy: 'Forbid',
      jobTemplate: { metadata: { labels }, spec: jobSpec(deployment, wanted, configured) },
    },
  });
}

/** What runs on and on. */
export function workloadOf(deployment: WatchedDeployment, wanted: Wanted, replicas: number, configured: string): Child {
  return applied({
    ...headOf(deployment, { apiVersion: 'apps/v1', kind: 'Deployment', name: childName(deployment) }),
    spec: {
      replicas,
      selector: { matchLabels: { [uidLabel]: deployment.metadata.uid ?? '' } },
      template: templateOf(deployment, wanted, { configured, restartPolicy: 'Always', runId: 'metadata.name' }),
    },
  });
}

interface Head {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Owned by its deployment, so that Kubernetes removes it with that. */
function headOf(deployment: WatchedDeployment, { apiVersion, kind, name, annotations }: Head) {
  const { namespace = '', uid = '' } = deployment.metadata;
  const owner = { name: deployment.metadata.name, uid, controller: true };
  const ownerReferences = [{ apiVersion: deployment.apiVersion, kind: deployment.kind, ...owner }];
  const labels = labelsOf(deployment);
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels, ...(annotations && { annotations }), ownerReferences },
  };
}

function labelsOf(deployment: WatchedDeployment): Readonly<Record<string, string>> {
  return childLabels(deployment, deployment.spec.package.name);
}

function jobSpec(deployment: WatchedDeployment, wanted: Wanted, configured: string) {
  const timeout = timeoutOf(wanted.behaviour);
  return {
    backoffLimit,
    ...(timeout !== undefined && { activeDeadlineSeconds: Math.max(1, Math.ceil(timeout / 1000)) }),
    template: templateOf(deployment, wanted, {
      configured,
      restartPolicy: 'Never',
      runId: "metadata.labels['batch.kubernetes.io/job-name']",
    }),
  };
}

function timeoutOf(behaviour: Behaviour): number | undefined {
  return behaviour.kind === 'batch' ? behaviour.timeoutMs : undefined;
}

interface Run {
  readonly configured: string;
  readonly restartPolicy: 'Never' | 'Always';
  /** The field of a pod in which the run's id stands. */
  readonly runId: string;
}

function templateOf(deployment: WatchedDeployment, wanted: Wanted, { configured, restartPolicy, runId }: Run) {
  return podTemplate({
    ...wanted,
    labels: labelsOf(deployment),
    // A workload whose Secret has changed is another one.
    annotations: { [configuredAnnotation]: configured },
    pullPolicy: 'IfNotPresent',
    secret: childName(deployment),
    variables: Object.keys(wanted.variables).sort(),
    fields: { DK_RUN_ID: runId },
    restartPolicy,
  });
}

/** With a digest of itself, by which it is known again. */
function applied(child: Child): Child {
  const { metadata } = child;
  const annotations = { ...metadata.annotations, [appliedAnnotation]: digest(JSON.stringify(child)) };
  return { ...child, metadata: { ...metadata, annotations } };
}
