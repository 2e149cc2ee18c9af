import { inVersionRange, isVersionRange } from '../../manifest/grammar/version.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import type { Path } from '../../manifest/problem.ts';
import type { Port } from '../../manifest/schema/transform.ts';
import { connectorOf } from '../../package/connectors.ts';
import { datasetsOf } from '../../package/datasets-of-port.ts';
import { type Finding, finding, type Subject } from '../rule.ts';

interface PlacedPort {
  readonly transform: Manifest<'Transform'>;
  readonly port: Port;
  readonly direction: 'inputs' | 'outputs';
  readonly path: Path;
}

/** Every input and output, with its place. */
function portsOf({ transform }: Subject): readonly PlacedPort[] {
  if (!transform) return [];
  return (['inputs', 'outputs'] as const).flatMap((direction) =>
    transform.value.spec[direction].map((port, index) => ({
      transform,
      port,
      direction,
      path: ['spec', direction, index],
    })),
  );
}

export function* datasetOrTags(subject: Subject): Iterable<Finding> {
  for (const { transform, port, path } of portsOf(subject)) {
    if (port.dataset !== undefined && port.tags !== undefined) {
      yield finding(transform, path, 'has both dataset and tags; one of them is meant');
    }
    if (port.dataset === undefined && port.tags === undefined) {
      yield finding(transform, path, 'names no data set; give dataset or tags');
    }
  }
}

export function* datasetExists(subject: Subject): Iterable<Finding> {
  const known = [...subject.datasets, ...subject.groups].map(({ value }) => value.metadata.name);
  if (subject.incomplete.has('DataSet')) return;
  for (const { transform, port, path } of portsOf(subject)) {
    if (port.dataset === undefined || known.includes(port.dataset)) continue;
    yield finding(transform, [...path, 'dataset'], noDataset(port.dataset, known));
  }
  for (const group of subject.groups) {
    for (const [index, member] of group.value.spec.datasets.entries()) {
      if (subject.datasets.some(({ value }) => value.metadata.name === member)) continue;
      yield finding(group, ['spec', 'datasets', index], noDataset(member, known));
    }
  }
}

function noDataset(name: string, known: readonly string[]): string {
  return `there is no DataSet "${name}" in dataset/${didYouMean(name, known)}`;
}

export function* tagsMatch(subject: Subject): Iterable<Finding> {
  if (subject.incomplete.has('DataSet')) return;
  for (const { transform, port, path } of portsOf(subject)) {
    if (port.tags === undefined || datasetsOf(subject, port).length > 0) continue;
    const wanted = Object.entries(port.tags).map((pair) => pair.join('='));
    yield finding(transform, [...path, 'tags'], `no DataSet has the labels ${wanted.join(', ') || 'asked for'}`);
  }
}

export function* datasetVersion(subject: Subject): Iterable<Finding> {
  for (const { transform, port, path } of portsOf(subject)) {
    const fault = port.version === undefined ? undefined : versionFault(port.version, datasetsOf(subject, port));
    if (fault !== undefined) yield finding(transform, [...path, 'version'], fault);
  }
}

function versionFault(range: string, datasets: readonly Manifest<'DataSet'>[]): string | undefined {
  if (!isVersionRange(range)) return 'must be a semver range such as ^1.2.0';
  for (const { metadata } of datasets.map(({ value }) => value)) {
    const { name, version } = metadata;
    if (version === undefined) return `the DataSet "${name}" has no version`;
    if (!inVersionRange(version, range)) return `the DataSet "${name}" has version ${version}`;
  }
  return undefined;
}

export function* capability(subject: Subject): Iterable<Finding> {
  for (const placed of portsOf(subject)) {
    const { transform, port, direction, path } = placed;
    const wanted = direction === 'inputs' ? 'source' : 'destination';
    for (const dataset of datasetsOf(subject, port)) {
      const store = subject.stores.find(({ value }) => value.metadata.name === dataset.value.spec.store);
      const connector = store && connectorOf(store.value, subject.connectors);
      if (!connector || connector.capabilities.includes(wanted)) continue;
      const message = `its connector "${store.value.spec.connector}" cannot be a ${wanted}, only a ${connector.capabilities.join(' and ')}`;
      yield finding(transform, port.dataset === undefined ? [...path, 'tags'] : [...path, 'dataset'], message);
    }
  }
}

export function* cellReference(subject: Subject): Iterable<Finding> {
  for (const { transform, port, path } of portsOf(subject)) {
    if (port.cell === undefined || /^(cell-)?[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(port.cell)) continue;
    yield finding(transform, [...path, 'cell'], 'must be the name of a cell, such as us-east');
  }
}
