import { readdirSync } from 'node:fs';
import { packageFiles } from '../../launch/image/package-files.ts';
import type { Chart } from '../../package/chart/chart.ts';
import { readManifestFiles } from '../../package/chart/manifest-files.ts';
import type { ReleaseImage } from './release-image.ts';

/** A file of the chart. */
export interface IncludedFile {
  readonly path: string;
  readonly bytes: number;
  /** Its path in the package; null for one that dk wrote. */
  readonly from: string | null;
}

/** A file of the package, or a folder with a slash at its end, that is not in the chart. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

/** What went into the chart of a package's folder, and what stayed out. */
export interface Inventory {
  readonly included: readonly IncludedFile[];
  readonly leftOut: readonly LeftOut[];
}

/** Compares a chart with the folder that it was made of. */
export async function takeInventory(directory: string, chart: Chart, image: ReleaseImage): Promise<Inventory> {
  const sources = new Map(readManifestFiles(directory).map(({ path, from }) => [path, from]));
  const included = chart.files.map(({ path, text }) => ({
    path,
    bytes: Buffer.byteLength(text),
    from: sources.get(path) ?? null,
  }));
  const inImage = image.kind === 'built' ? await namesInImage(directory) : new Set<string>();
  const taken = new Set([...sources.values()].map(firstPart));
  const leftOut = readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => name !== '.git' && !taken.has(name))
    .map((entry) => ({
      path: entry.isDirectory() ? `${entry.name}/` : entry.name,
      why: whyLeftOut(entry.name, inImage.has(entry.name)),
    }));
  return { included, leftOut: leftOut.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

async function namesInImage(directory: string): Promise<ReadonlySet<string>> {
  const files = await packageFiles(directory, '');
  return new Set(files.map(({ path }) => firstPart(path)));
}

function firstPart(path: string): string {
  return path.split('/')[0] ?? path;
}

function whyLeftOut(name: string, isInImage: boolean): string {
  if (isInImage) return 'in the image';
  if (name === 'store') return 'Stores belong to the cell';
  if (name === 'src') return 'belongs into an image, and none was built';
  if (['node_modules', '.venv', 'venv'].includes(name)) return 'installed on this machine';
  if (name === 'tests') return 'tests stay with the source';
  if (/^\.env(\.|$)/.test(name)) return 'may hold secrets';
  return 'not part of a chart';
}
