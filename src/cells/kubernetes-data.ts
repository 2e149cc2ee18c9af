import type { Cell } from '../manifest/schema/cell.ts';
import { kubernetesReasonOf } from '../tools/kubernetes-fault.ts';
import type { KubernetesObject } from '../tools/kubernetes-object.ts';
import { inNamespace } from './kubernetes-namespace.ts';
import { findCell, type KubernetesPlace, needCell } from './kubernetes-place.ts';
import { checkKeys, checkObjectName, isObjectName } from './names.ts';
import { labelsWithin } from './ownership.ts';
import type { Applied, CellConfigMaps, CellSecrets } from './repository.ts';

type Kind = 'Secret' | 'ConfigMap';
type Values = Readonly<Record<string, string>>;

interface DataObject extends KubernetesObject {
  /** Base64 in a Secret. */
  readonly data?: Values;
  /** Of a Secret: whether it holds plain keys or something that Kubernetes, Helm and others keep for themselves. */
  readonly type?: string;
}

/** The cell's plain Secrets. */
export function openKubernetesSecrets(place: KubernetesPlace): CellSecrets {
  return {
    async read(cell, secret) {
      const found = await findData(place, cell, 'Secret', secret);
      return found && mapValues(found.data, decode);
    },
    async list(cell) {
      const secrets = (await listData(place, cell, 'Secret')).filter(({ type }) => type === 'Opaque');
      return secrets.map(({ metadata, data = {} }) => ({ secret: metadata.name, keys: Object.keys(data).sort() }));
    },
    async set(cell, secret, values) {
      const owner = await needCell(place, cell);
      return bringTo(place, owner, 'Secret', secret, mapValues(values, encode), { keepOthers: true });
    },
    async unset(cell, secret, key) {
      const { spec } = await needCell(place, cell);
      const found = await findData(place, cell, 'Secret', secret);
      if (!Object.hasOwn(found?.data ?? {}, key)) return false;
      const reference = { kind: 'Secret', name: secret, namespace: spec.namespace } as const;
      await place.kubernetes.merge(reference, { data: { [key]: null } });
      return true;
    },
  };
}

/** The cell's ConfigMaps, without the one that Kubernetes puts into every namespace. */
export function openKubernetesConfigMaps(place: KubernetesPlace): CellConfigMaps {
  return {
    async read(cell, name) {
      const found = await findData(place, cell, 'ConfigMap', name);
      return found && (found.data ?? {});
    },
    async list(cell) {
      const names = (await listData(place, cell, 'ConfigMap')).map(({ metadata }) => metadata.name);
      return names.filter((name) => name !== 'kube-root-ca.crt');
    },
    async apply(cell, name, values) {
      const owner = await needCell(place, cell);
      return bringTo(place, owner, 'ConfigMap', name, values, { keepOthers: false });
    },
  };
}

async function findData(place: KubernetesPlace, cellName: string, kind: Kind, name: string) {
  const cell = isObjectName(name) ? await findCell(place, cellName) : undefined;
  return cell && place.kubernetes.get<DataObject>({ kind, name, namespace: cell.spec.namespace });
}

async function listData(place: KubernetesPlace, cellName: string, kind: Kind): Promise<readonly DataObject[]> {
  const cell = await findCell(place, cellName);
  if (!cell) return [];
  const found = await place.kubernetes.list<DataObject>({ kind, namespace: cell.spec.namespace });
  return found.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/**
 * Brings an object to some keys. By merge patches, not by server-side apply: keys that are set at once by two processes of one
 * field manager would push each other out.
 */
async function bringTo(
  place: KubernetesPlace,
  cell: Cell,
  kind: Kind,
  name: string,
  data: Values,
  { keepOthers }: { readonly keepOthers: boolean },
): Promise<Applied> {
  const reference = { kind, name: checkObjectName(kind, name), namespace: cell.spec.namespace } as const;
  checkKeys(Object.keys(data));
  const old = await place.kubernetes.get<DataObject>(reference);
  if (!old && (await inNamespace(place, cell, () => createdAnew(place, cell, kind, name, data)))) return 'created';
  const present = old?.data ?? {};
  const dropped = keepOthers ? [] : Object.keys(present).filter((key) => !Object.hasOwn(data, key));
  const changed = Object.entries(data).filter(([key, value]) => !Object.hasOwn(present, key) || present[key] !== value);
  if (dropped.length + changed.length === 0 && old) return 'unchanged';
  const patch = Object.fromEntries<string | null>([...changed, ...dropped.map((key) => [key, null] as const)]);
  await place.kubernetes.merge(reference, { data: patch });
  return 'changed';
}

/** False where another process was quicker. */
async function createdAnew(
  { kubernetes }: KubernetesPlace,
  cell: Cell,
  kind: Kind,
  name: string,
  data: Values,
): Promise<boolean> {
  const metadata = { name, namespace: cell.spec.namespace, labels: labelsWithin(cell) };
  try {
    await kubernetes.create({ apiVersion: 'v1', kind, metadata, data });
    return true;
  } catch (error) {
    if (kubernetesReasonOf(error) === 'conflict') return false;
    throw error;
  }
}

function mapValues(values: Values = {}, map: (value: string) => string): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

const encode = (text: string) => Buffer.from(text).toString('base64');
const decode = (base64: string) => Buffer.from(base64, 'base64').toString();
