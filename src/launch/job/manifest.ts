import type { KubernetesObject } from '../../tools/kubernetes-object.ts';
import { packageUser } from '../image/dockerfile.ts';
import type { podResources } from '../resources.ts';
import { runSpecFolder, runSpecName } from '../run-spec-mount.ts';

export const containerName = 'package';

/** A Job that is to be made. */
export interface JobWish {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  /** Whether dk built the image, and knows its user. */
  readonly isOurs: boolean;
  /** Instead of the image's entry point. */
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[];
  /** Names of the variables that its Secret holds. */
  readonly variables: readonly string[];
  readonly resources: ReturnType<typeof podResources>;
  readonly serviceAccountName: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly keep: boolean;
}

export interface JobObject extends KubernetesObject {
  readonly spec: object;
}

/** Seconds after which the cluster ends by itself what nobody watches any longer. */
const afterTimeout = 60;
const afterEnd = 3600;

/** Seconds between SIGTERM and SIGKILL, as for a process. */
const grace = 10;

/** The Job of a run, suspended: its Secret, which it owns, comes next. No value of a variable stands in it. */
export function jobManifest(wish: JobWish): JobObject {
  const { name, namespace, labels, serviceAccountName, timeoutMs, keep, isOurs } = wish;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels },
    spec: {
      suspend: true,
      backoffLimit: 0,
      ...(timeoutMs !== undefined && { activeDeadlineSeconds: Math.ceil(timeoutMs / 1000) + afterTimeout }),
      ...(!keep && { ttlSecondsAfterFinished: afterEnd }),
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: grace,
          // Variables of Services of the namespace: a package gets the same ones everywhere.
          enableServiceLinks: false,
          ...(serviceAccountName === undefined ? { automountServiceAccountToken: false } : { serviceAccountName }),
          // With the pod's init as process 1, a package that handles no SIGTERM ends by it as it does elsewhere.
          ...(isOurs && { shareProcessNamespace: true, securityContext: ownUser }),
          containers: [containerOf(wish)],
          volumes: [runSpecVolume(wish)],
        },
      },
    },
  };
}

/** The Secret of a run: all variables, and the run spec. */
export function secretManifest(
  { name, namespace, labels }: JobWish,
  values: Readonly<Record<string, string>>,
  jobUid: string,
): KubernetesObject & { readonly data: object } {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name, uid: jobUid, blockOwnerDeletion: true };
  const encoded = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const metadata = { name, namespace, labels, ownerReferences: [owner] };
  return { apiVersion: 'v1', kind: 'Secret', metadata, data: Object.fromEntries(encoded) };
}

const ownUser = {
  runAsNonRoot: true,
  runAsUser: packageUser,
  runAsGroup: packageUser,
  fsGroup: packageUser,
  seccompProfile: { type: 'RuntimeDefault' },
};

function containerOf({ name, image, isOurs, command, args, variables, resources }: JobWish) {
  return {
    name: containerName,
    image,
    // Ours is in the nodes or nowhere; another one is pulled once, as the container engine would.
    imagePullPolicy: isOurs ? 'Never' : 'IfNotPresent',
    ...(command && { command: command.map(literal) }),
    args: args.map(literal),
    env: variables.map((variable) => ({
      name: variable,
      valueFrom: { secretKeyRef: { name, key: variable } },
    })),
    resources,
    ...(isOurs && { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }),
    volumeMounts: [{ name: 'run-spec', mountPath: runSpecFolder, readOnly: true }],
  };
}

/** Kubernetes would put variables into `$(NAME)`. */
function literal(text: string): string {
  return text.replaceAll('$', () => '$$');
}

function runSpecVolume({ name, isOurs }: JobWish) {
  const items = [{ key: runSpecName, path: runSpecName }];
  // Of an image that is not ours nobody knows the user; nobody else is in its pod.
  return { name: 'run-spec', secret: { secretName: name, items, defaultMode: isOurs ? 0o440 : 0o444 } };
}
