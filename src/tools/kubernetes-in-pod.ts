import type { Context } from '../context.ts';
import { readIfThere } from './if-there.ts';
import type { KubeconfigSource } from './kubernetes-config.ts';

/** The cluster that dk itself runs in, as its service account sees it. */
export interface InPod {
  readonly source: KubeconfigSource;
  readonly contextName: string;
  /** Of this pod. */
  readonly namespace: string;
}

const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
const contextName = 'in-pod';

/** Undefined outside of a pod. The token is read anew for requests, since it runs out and is replaced. */
export function loginInPod({ env }: Pick<Context, 'env'>): InPod | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  const namespace = host && readIfThere(`${folder}/namespace`);
  if (!host || !namespace) return undefined;
  const address = host.includes(':') ? `[${host}]` : host;
  const config = {
    'current-context': contextName,
    clusters: [
      {
        name: contextName,
        cluster: { server: `https://${address}:${port}`, 'certificate-authority': `${folder}/ca.crt` },
      },
    ],
    users: [
      { name: contextName, user: { 'auth-provider': { name: 'tokenFile', config: { tokenFile: `${folder}/token` } } } },
    ],
    contexts: [{ name: contextName, context: { cluster: contextName, user: contextName, namespace } }],
  };
  // JSON is YAML.
  return { source: { text: JSON.stringify(config) }, contextName, namespace };
}
