import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownerLabels } from '../../cells/ownership.ts';
import { Failure } from '../../failure.ts';
import { isMapping, type Mapping } from '../../manifest/mapping.ts';
import { problemText } from '../../manifest/problem.ts';
import { readYaml } from '../../manifest/read-yaml.ts';
import type { JsonMemory } from '../../tools/json-memory.ts';
import type { KubernetesObject } from '../../tools/kubernetes-object.ts';
import { assetPath } from './assets.ts';

/** Where the servers are that all cells share. */
export const infraNamespace = 'dk-infra';

/** The objects of a folder of `infra-manifests/` as an environment applies them. */
export type InfraManifests = (folder: string) => Promise<readonly KubernetesObject[]>;

/** Reads each folder once, and YAML only where the memory does not know it: that takes longer than comparing what is in it. */
export function openInfraManifests(environmentId: string, memory: JsonMemory): InfraManifests {
  const read = new Map<string, Promise<readonly KubernetesObject[]>>();
  const readFolder = async (folder: string) => {
    const files = await readManifestFolder(assetPath(`infra-manifests/${folder}`));
    const key = [environmentId, ...files.map(({ text }) => text)].join('\0');
    const known = memory.recall(key);
    if (Array.isArray(known) && known.every(isObject)) return known;
    const objects = infraObjects(files, environmentId);
    await memory.remember(key, objects);
    return objects;
  };
  return (folder) => {
    const objects = read.get(folder) ?? readFolder(folder);
    read.set(folder, objects);
    return objects;
  };
}

/** One of the files of a folder of manifests. */
export interface ManifestText {
  readonly file: string;
  readonly text: string;
}

/** The YAML files of a folder such as `infra-manifests/postgres`, in the order in which kubectl applies them. */
export async function readManifestFolder(folder: string): Promise<readonly ManifestText[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      return { file, text: await readFile(file, 'utf8') };
    }),
  );
}

/** The objects of such files as an environment applies them, with its labels on them and on their pods. */
export function infraObjects(files: readonly ManifestText[], environmentId: string): readonly KubernetesObject[] {
  return files.flatMap(({ file, text }) => {
    return readYaml(text, file).map((document) => {
      if (!document.ok) throw unreadable(file, document.problems.map(problemText));
      if (!isObject(document.value)) throw unreadable(file, ['apiVersion, kind and metadata.name are required']);
      return withLabels(document.value, ownerLabels(environmentId));
    });
  });
}

/** What is applied once the namespace is there; pods last, as they wait for all else. */
export function inOrder(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const hasPods = ({ kind }: KubernetesObject) => kind === 'StatefulSet' || kind === 'Deployment';
  return objects
    .filter(({ kind }) => kind !== 'Namespace')
    .toSorted((one, other) => Number(hasPods(one)) - Number(hasPods(other)));
}

/** A Secret whose content a container has read when it started. */
export interface SecretState {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

const secretVersion = 'datakit.infoblox.dev/secret-version';

/**
 * Notes on the pods of a workload which state of its Secrets they started with, so that applying it restarts them after a
 * Secret was made anew. Only Secrets in variables of lasting containers count; of the content nothing is told, not even a hash.
 */
export function withSecretVersion(object: KubernetesObject, secrets: readonly SecretState[]): KubernetesObject {
  const used = secrets.filter(({ name }) => secretsInVariables(object).has(name));
  if (used.length === 0) return object;
  const states = used.map(({ name, uid, resourceVersion }) => `${name}/${uid}/${resourceVersion}`).sort();
  const version = createHash('sha256').update(states.join('\n')).digest('hex').slice(0, 16);
  return inTemplate(object, (metadata) => ({
    ...metadata,
    annotations: { ...mappingAt(metadata, 'annotations'), [secretVersion]: version },
  }));
}

/** The pods of a workload with another image in the container of this name. */
export function withImage(object: KubernetesObject, container: string, image: string): KubernetesObject {
  return mapTemplate(object, (template) => {
    const spec = mappingAt(template, 'spec');
    const containers = listOf(spec['containers']);
    const changed = containers.map((each) => (each['name'] === container ? { ...each, image } : each));
    return { ...template, spec: { ...spec, containers: changed } };
  });
}

function withLabels(object: KubernetesObject, owner: Readonly<Record<string, string>>): KubernetesObject {
  const label = (metadata: Mapping) => ({ ...metadata, labels: { ...mappingAt(metadata, 'labels'), ...owner } });
  const { labels } = object.metadata;
  return inTemplate({ ...object, metadata: { ...object.metadata, labels: { ...labels, ...owner } } }, label);
}

/** Only workloads have a template of pods. */
function inTemplate(object: KubernetesObject, change: (metadata: Mapping) => Mapping): KubernetesObject {
  return mapTemplate(object, (template) => ({ ...template, metadata: change(mappingAt(template, 'metadata')) }));
}

function mapTemplate(object: KubernetesObject, change: (template: Mapping) => Mapping): KubernetesObject {
  const spec = mappingAt(object, 'spec');
  const template = mappingAt(spec, 'template');
  if (template['spec'] === undefined) return object;
  return Object.assign({ ...object }, { spec: { ...spec, template: change(template) } });
}

function secretsInVariables(object: KubernetesObject): ReadonlySet<unknown> {
  const { containers } = mappingAt(mappingAt(mappingAt(object, 'spec'), 'template'), 'spec');
  return new Set(
    listOf(containers).flatMap((container) => [
      ...listOf(container['env']).map((variable) => secretKeyRef(variable)['name']),
      ...listOf(container['envFrom']).map((source) => mappingAt(source, 'secretRef')['name']),
    ]),
  );
}

function secretKeyRef(variable: Mapping): Mapping {
  return mappingAt(mappingAt(variable, 'valueFrom'), 'secretKeyRef');
}

function listOf(value: unknown): readonly Mapping[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}

function mappingAt(value: object, key: string): Mapping {
  const found: unknown = isMapping(value) ? value[key] : undefined;
  return isMapping(found) ? found : {};
}

function isObject(value: unknown): value is KubernetesObject {
  if (!isMapping(value) || typeof value['apiVersion'] !== 'string' || typeof value['kind'] !== 'string') return false;
  return isMapping(value['metadata']) && typeof value['metadata']['name'] === 'string';
}

function unreadable(file: string, why: readonly string[]): Failure {
  return new Failure('invalid', { what: `${file} is not a Kubernetes manifest`, why });
}
