import { stringify } from 'yaml';
import type { Kinds } from './manifest.ts';
import { isMapping, type Mapping } from './mapping.ts';
import { withoutServerFields } from './strip.ts';

/** A manifest of ours, or a Kubernetes resource that stands beside it. */
type Writable = Kinds[keyof Kinds] | Mapping;

// kubectl still reads YAML 1.1, where a plain `yes` or `1:30` is no string: such words are quoted.
const options = { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const;

/** Canonical YAML of one or several documents: apiVersion, kind, metadata, spec, then the rest; no status, nothing a server sets. */
export function writeManifests(manifests: Writable | readonly Writable[]): string {
  return [manifests].flat().map(writeDocument).join('---\n');
}

function writeDocument(manifest: Writable): string {
  return stringify(inOrder(withoutServerFields({ ...manifest })), options);
}

function inOrder(manifest: Mapping): Mapping {
  const { apiVersion, kind, metadata, spec, ...rest } = manifest;
  return withoutUndefined({ apiVersion, kind, metadata: metadataInOrder(metadata), spec, ...rest });
}

function metadataInOrder(metadata: unknown): unknown {
  if (!isMapping(metadata)) return metadata;
  const { name, namespace, version, labels, annotations, ...rest } = metadata;
  return withoutUndefined({ name, namespace, version, labels, annotations, ...rest });
}

function withoutUndefined(mapping: Mapping): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== undefined));
}
