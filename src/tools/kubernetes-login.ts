import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { reasonOf } from '../failure.ts';
import type { JsonMemory } from './json-memory.ts';
import { type KubeconfigSource, openContext } from './kubernetes-config.ts';
import { KubernetesFault } from './kubernetes-fault.ts';

/** A context of a kubeconfig: where the server is, and how to be let in. */
export interface Login {
  /** `https://127.0.0.1:6443` */
  readonly server: string;
  /** Requests go through a proxy of the kubeconfig's. */
  readonly proxied: boolean;
  /** What must never be seen. */
  readonly secrets: readonly string[];
  /** For a request, asked anew for each, as tokens run out; reads certificates, and may start a login program. */
  options(): Promise<RequestOptions>;
  /** The whole of it, for what only its own library can do. */
  config(): Promise<KubeConfig>;
}

/**
 * Opens a context. Of one with certificates and nothing else, `memory` keeps what its text says: reading a kubeconfig takes
 * longer than most of what is asked of the cluster then.
 */
export async function openLogin(source: KubeconfigSource, contextName: string, memory?: JsonMemory): Promise<Login> {
  const key = memory && 'text' in source ? `kubeconfig\0${contextName}\0${source.text}` : undefined;
  const known = key === undefined ? undefined : (memory?.recall(key) as Certificates | undefined);
  if (known) return certificateLogin(known, () => openContext(source, contextName));
  const config = await openContext(source, contextName);
  const certificates = certificatesOf(config);
  if (key !== undefined && certificates) await memory?.remember(key, certificates);
  return certificates ? certificateLogin(certificates, async () => config) : anyLogin(config);
}

/** Base64 of PEM, but for the server. */
interface Certificates {
  readonly server: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Undefined where the kubeconfig says anything else. */
function certificatesOf(config: KubeConfig): Certificates | undefined {
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  if (!cluster || !user) return undefined;
  const { name: _, server, caData, skipTLSVerify, ...restOfCluster } = cluster;
  const { name: __, certData, keyData, ...restOfUser } = user;
  const others = [...Object.values(restOfCluster), ...Object.values(restOfUser)].some((value) => value !== undefined);
  if (others || skipTLSVerify || !caData || !certData || !keyData) return undefined;
  return { server, ca: caData, cert: certData, key: keyData };
}

function certificateLogin({ server, ca, cert, key }: Certificates, config: () => Promise<KubeConfig>): Login {
  const [caPem, certPem, keyPem] = [ca, cert, key].map((data) => Buffer.from(data, 'base64'));
  const options = { ca: caPem, cert: certPem, key: keyPem };
  return { server, proxied: false, secrets: [key], options: async () => ({ ...options }), config };
}

function anyLogin(config: KubeConfig): Login {
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  return {
    server: cluster?.server ?? '',
    proxied: cluster?.proxyUrl !== undefined,
    secrets: [user?.token, user?.password].filter((value) => typeof value === 'string'),
    async options() {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options).catch((error) => {
        throw new KubernetesFault('unauthorized', `the login in the kubeconfig does not work: ${reasonOf(error)}`);
      });
      return options;
    },
    config: async () => config,
  };
}
