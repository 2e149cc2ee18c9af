import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Context } from '../context.ts';
import { loops } from '../controller/loops.ts';
import { runController } from '../controller/run-controller.ts';
import { meantEnvironment, needRunning } from '../environment/select.ts';
import { Failure } from '../failure.ts';
import { parseDuration } from '../manifest/grammar/duration.ts';
import { type Kubernetes, openKubernetes } from '../tools/kubernetes.ts';
import { userKubeconfig } from '../tools/kubernetes-config.ts';
import { loginInPod } from '../tools/kubernetes-in-pod.ts';

interface ControllerFlags {
  readonly context?: string;
  /** Of its Lease. */
  readonly namespace?: string;
  /** A duration. */
  readonly lease: string;
}

const ownNamespace = 'dk-system';

/** `dk controller`: turns deployments into work, in the cluster that it runs in or another, until it is told to stop. */
export async function controller(context: Context, flags: ControllerFlags): Promise<void> {
  const pod = flags.context === undefined ? loginInPod(context) : undefined;
  const namespace = flags.namespace ?? pod?.namespace ?? ownNamespace;
  const leaseSeconds = readLease(flags.lease);
  // The signal ends its work; what it says to the cluster at the end goes on.
  const unhurried = { ...context, signal: new AbortController().signal };
  const kubernetes = pod
    ? await openKubernetes(unhurried, pod.source, pod.contextName)
    : await openOutside(context, unhurried, flags.context);
  if (!pod) await ensureNamespace(kubernetes, namespace);
  const identity = `${hostname()}-${randomBytes(4).toString('hex')}`;
  await runController(context, kubernetes, { namespace, identity, leaseSeconds, loops });
}

const shortestLeaseMs = 2000;

function readLease(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds >= shortestLeaseMs) return Math.ceil(milliseconds / 1000);
  throw new Failure('usage', {
    what: `--lease ${text} is no duration of 2s or more`,
    next: '--lease 15s',
  });
}

/** The cluster of an environment, or of a context of the user's kubeconfig. */
async function openOutside(context: Context, unhurried: Context, contextName?: string): Promise<Kubernetes> {
  const name = await meantEnvironment(context, contextName);
  if (name === undefined && contextName !== undefined) {
    return openKubernetes(unhurried, userKubeconfig(context), contextName);
  }
  const { cluster } = await needRunning(context, name ?? '');
  if (cluster) return openKubernetes(unhurried, { files: cluster.login.kubeconfig }, cluster.login.context);
  throw new Failure('prerequisite', {
    what: 'A controller needs a cluster',
    why: `Environment ${name} has none`,
    next: [`${context.program} dev up --engine k3d`, 'Or name a cluster: --context NAME'],
  });
}

async function ensureNamespace(kubernetes: Kubernetes, name: string): Promise<void> {
  if (await kubernetes.get({ kind: 'Namespace', name })) return;
  const metadata = { name, labels: { 'app.kubernetes.io/managed-by': 'dk' } };
  await kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata });
}
