import { packageUser } from '../image/dockerfile.ts';
import type { podResources } from '../resources.ts';
import { runSpecFolder, runSpecName } from '../run-spec-mount.ts';

export const containerName = 'package';

/** A pod that runs a package. */
export interface PodWish {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly image: string;
  /** Whether dk built the image, and knows its user. */
  readonly isOurs: boolean;
  readonly pullPolicy: 'Never' | 'IfNotPresent';
  readonly pullSecrets?: readonly { readonly name: string }[];
  /** Instead of the image's entry point. */
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[];
  /** Name of the Secret that holds the variables and the run spec. */
  readonly secret: string;
  /** Names of the variables that the Secret holds. */
  readonly variables: readonly string[];
  /** Variables whose values are what stands in a field of the pod. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly resources: ReturnType<typeof podResources>;
  readonly serviceAccountName: string | undefined;
  /** Never for what ends by itself. */
  readonly restartPolicy: 'Never' | 'Always';
}

/** Seconds between SIGTERM and SIGKILL, as for a process. */
const grace = 10;

/** The template of a pod with one container. No value of a variable stands in it. */
export function podTemplate(wish: PodWish) {
  const { labels, annotations, serviceAccountName, restartPolicy, isOurs, pullSecrets = [] } = wish;
  return {
    metadata: { labels, ...(annotations && { annotations }) },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds: grace,
      // Variables of Services of the namespace: a package gets the same ones everywhere.
      enableServiceLinks: false,
      ...(serviceAccountName === undefined ? { automountServiceAccountToken: false } : { serviceAccountName }),
      ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets }),
      // With the pod's init as process 1, a package that handles no SIGTERM ends by it as it does elsewhere.
      ...(isOurs && { shareProcessNamespace: true, securityContext: ownUser }),
      containers: [containerOf(wish)],
      volumes: [runSpecVolume(wish)],
    },
  };
}

const ownUser = {
  runAsNonRoot: true,
  runAsUser: packageUser,
  runAsGroup: packageUser,
  fsGroup: packageUser,
  seccompProfile: { type: 'RuntimeDefault' },
};

function containerOf(wish: PodWish) {
  const { image, isOurs, pullPolicy, command, args, secret, variables, fields = {}, resources } = wish;
  return {
    name: containerName,
    image,
    imagePullPolicy: pullPolicy,
    ...(command && { command: command.map(literal) }),
    args: args.map(literal),
    env: [
      ...variables.map((name) => ({ name, valueFrom: { secretKeyRef: { name: secret, key: name } } })),
      ...Object.entries(fields).map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } })),
    ],
    resources,
    ...(isOurs && { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }),
    volumeMounts: [{ name: 'run-spec', mountPath: runSpecFolder, readOnly: true }],
  };
}

/** Kubernetes would put variables into `$(NAME)`. */
function literal(text: string): string {
  return text.replaceAll('$', () => '$$');
}

function runSpecVolume({ secret, isOurs }: PodWish) {
  const items = [{ key: runSpecName, path: runSpecName }];
  // Of an image that is not ours nobody knows the user; nobody else is in its pod.
  return { name: 'run-spec', secret: { secretName: secret, items, defaultMode: isOurs ? 0o440 : 0o444 } };
}
