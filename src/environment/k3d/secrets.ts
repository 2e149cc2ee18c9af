import { randomBytes } from 'node:crypto';
import { ownerLabels } from '../../cells/ownership.ts';
import type { SecretRegistry } from '../../context.ts';
import { Failure } from '../../failure.ts';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { KubernetesObject } from '../../tools/kubernetes-object.ts';
import { infraNamespace, type SecretState } from './infra.ts';

/** The values of the shared servers' Secrets; the names are those that the manifests refer to. */
const contents = {
  postgres: { password: () => randomBytes(24).toString('base64url') },
  minio: {
    'root-user': () => `DK${randomBytes(9).toString('hex')}`,
    'root-password': () => randomBytes(24).toString('base64url'),
  },
} as const;

export type InfraServer = keyof typeof contents;

interface SecretObject extends KubernetesObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** What a server's Secret holds, and which state of it that is. */
export interface InfraSecret extends SecretState {
  readonly values: Readonly<Record<string, string>>;
}

/** A server's Secret, or why it has to be made: it is missing, or lacks a value. */
export async function readInfraSecret(
  kubernetes: Pick<Kubernetes, 'get'>,
  server: InfraServer,
  secrets: SecretRegistry,
): Promise<InfraSecret | string> {
  const found = await find(kubernetes, server);
  if (!found) return `Secret ${server} is missing`;
  const values = valuesOf(found, secrets);
  const missing = Object.keys(contents[server]).filter((key) => !values[key]);
  if (missing.length > 0) return `Secret ${server} has no ${missing.join(' and no ')}`;
  const { uid = '', resourceVersion = '' } = found.metadata;
  return { name: server, uid, resourceVersion, values };
}

/** A server's Secret; a prerequisite Failure where it has to be made. */
export async function needInfraSecret(
  kubernetes: Pick<Kubernetes, 'get'>,
  server: InfraServer,
  secrets: SecretRegistry,
): Promise<InfraSecret> {
  const secret = await readInfraSecret(kubernetes, server, secrets);
  if (typeof secret !== 'string') return secret;
  throw new Failure('prerequisite', {
    what: `The shared ${server} server cannot be reached`,
    why: secret,
    next: 'dk dev up',
  });
}

/** Makes a server's Secret with random values; those that are there stay as they are. */
export async function ensureInfraSecret(
  kubernetes: Pick<Kubernetes, 'get' | 'apply'>,
  server: InfraServer,
  environmentId: string,
  secrets: SecretRegistry,
): Promise<InfraSecret> {
  const found = await find(kubernetes, server);
  const before = found ? valuesOf(found, secrets) : {};
  const values = Object.entries(contents[server]).map(([key, make]) => [key, before[key] || make()] as const);
  secrets.add(values.map(([, value]) => value));
  await kubernetes.apply(secretObject(server, environmentId, values), { force: true });
  const made = await readInfraSecret(kubernetes, server, secrets);
  if (typeof made === 'string') throw new Error(`what was just applied is not there: ${made}`);
  return made;
}

function find(kubernetes: Pick<Kubernetes, 'get'>, server: InfraServer): Promise<SecretObject | undefined> {
  return kubernetes.get<SecretObject>({ kind: 'Secret', namespace: infraNamespace, name: server });
}

function secretObject(
  name: string,
  environmentId: string,
  values: readonly (readonly [key: string, value: string])[],
): SecretObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: infraNamespace, labels: ownerLabels(environmentId) },
    type: 'Opaque',
    data: Object.fromEntries(values.map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
}

function valuesOf({ data = {} }: SecretObject, secrets: SecretRegistry): Readonly<Record<string, string>> {
  const values = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const);
  secrets.add(values.map(([, value]) => value));
  return Object.fromEntries(values);
}
