import { apiVersion } from '../manifest/api-version.ts';

/** Where the API server keeps the objects of a kind. */
export interface Resource {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const namespaced = true;
const clusterWide = false;

/** What dk speaks of; a table, as asking the server for it takes a request for each group. */
const table = {
  ConfigMap: ['v1', 'configmaps', namespaced],
  Event: ['v1', 'events', namespaced],
  Namespace: ['v1', 'namespaces', clusterWide],
  Node: ['v1', 'nodes', clusterWide],
  PersistentVolume: ['v1', 'persistentvolumes', clusterWide],
  PersistentVolumeClaim: ['v1', 'persistentvolumeclaims', namespaced],
  Pod: ['v1', 'pods', namespaced],
  Secret: ['v1', 'secrets', namespaced],
  Service: ['v1', 'services', namespaced],
  ServiceAccount: ['v1', 'serviceaccounts', namespaced],
  DaemonSet: ['apps/v1', 'daemonsets', namespaced],
  Deployment: ['apps/v1', 'deployments', namespaced],
  ReplicaSet: ['apps/v1', 'replicasets', namespaced],
  ControllerRevision: ['apps/v1', 'controllerrevisions', namespaced],
  StatefulSet: ['apps/v1', 'statefulsets', namespaced],
  CronJob: ['batch/v1', 'cronjobs', namespaced],
  Job: ['batch/v1', 'jobs', namespaced],
  Lease: ['coordination.k8s.io/v1', 'leases', namespaced],
  NetworkPolicy: ['networking.k8s.io/v1', 'networkpolicies', namespaced],
  ClusterRole: ['rbac.authorization.k8s.io/v1', 'clusterroles', clusterWide],
  ClusterRoleBinding: ['rbac.authorization.k8s.io/v1', 'clusterrolebindings', clusterWide],
  Role: ['rbac.authorization.k8s.io/v1', 'roles', namespaced],
  RoleBinding: ['rbac.authorization.k8s.io/v1', 'rolebindings', namespaced],
  StorageClass: ['storage.k8s.io/v1', 'storageclasses', clusterWide],
  CustomResourceDefinition: ['apiextensions.k8s.io/v1', 'customresourcedefinitions', clusterWide],
  Cell: [apiVersion, 'cells', clusterWide],
  PackageDeployment: [apiVersion, 'packagedeployments', namespaced],
  Store: [apiVersion, 'stores', namespaced],
} as const;

export type Kind = keyof typeof table;

export function isKnownKind(kind: string): kind is Kind {
  return Object.hasOwn(table, kind);
}

export function resourceOf(kind: Kind): Resource {
  const [version, plural, inNamespace] = table[kind];
  return { kind, apiVersion: version, plural, namespaced: inNamespace };
}

/** Whether it is one of the kinds that our CRDs bring. */
export function isOurs({ apiVersion: version }: Resource): boolean {
  return version === apiVersion;
}

/** The path of a kind's objects, of all namespaces where none is named, or of one object; every part is escaped. */
export function pathOf(resource: Resource, namespace: string | undefined, name?: string): string {
  const { apiVersion: version, plural } = resource;
  return [
    version.includes('/') ? '/apis' : '/api',
    version,
    ...(namespace !== undefined && resource.namespaced ? ['namespaces', encodeURIComponent(namespace)] : []),
    plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join('/');
}
