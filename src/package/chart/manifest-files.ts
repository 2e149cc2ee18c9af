import { join } from 'node:path';
import { Failure } from '../../failure.ts';
import { formatBytes } from '../../report/table.ts';
import { packageFiles } from '../layout.ts';
import { readManifestFile } from '../read-file.ts';
import type { ChartFile } from './chart.ts';

/** A file of a package on its way into a chart. */
export interface ManifestFile extends ChartFile {
  /** Its path in the package, which differs from the one in the chart in an older layout. */
  readonly from: string;
}

/** All of them stand in one object of the cluster, which holds no more than 1.5 MB. */
const largest = 256 * 1024;

/** What a package's folder gives its chart, byte for byte: dk.yaml, connector/, dataset/. Never store/. */
export function readManifestFiles(directory: string): readonly ManifestFile[] {
  const taken = new Set<string>();
  const files = packageFiles(directory)
    .filter(({ kinds }) => !kinds.includes('Store'))
    .map(({ path: from }) => {
      const path = freePath(pathInChart(from), taken);
      taken.add(path);
      return { path, from, text: readText(directory, from) };
    });
  requireFitting(files);
  return files;
}

/** `datasets/orders/dataset.yaml` is an older layout of `dataset/orders.yaml`. */
function pathInChart(from: string): string {
  const [, name] = /^datasets\/([^/]+)\//.exec(from) ?? [];
  return name === undefined ? from : `dataset/${name}.yaml`;
}

/** A package may have both layouts, with one name in each. */
function freePath(path: string, taken: ReadonlySet<string>): string {
  let free = path;
  for (let number = 2; taken.has(free); number += 1) free = path.replace(/\.yaml$/, `-${number}.yaml`);
  return free;
}

function readText(directory: string, path: string): string {
  const content = readManifestFile(join(directory, path), directory);
  if ('text' in content) return content.text;
  throw new Failure('invalid', { what: `${path} ${content.refused}` });
}

function requireFitting(files: readonly ManifestFile[]): void {
  const sized = files.map(({ from, text }) => ({ from, bytes: Buffer.byteLength(text) }));
  const total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= largest) return;
  const heaviest = sized.toSorted((a, b) => b.bytes - a.bytes).slice(0, 3);
  throw new Failure('invalid', {
    what: `The manifests have ${formatBytes(total)}; a chart takes ${formatBytes(largest)}, since a cluster keeps them in one object`,
    why: heaviest.map(({ from, bytes }) => `${from}: ${formatBytes(bytes)}`),
    next: 'Move what is not a manifest out of them, such as rows of dev.seed.inline into a file for dev.seed.file',
  });
}
