import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { Failure, reasonOf } from '../../failure.ts';
import { isMapping } from '../../manifest/mapping.ts';
import { chartAnnotations } from './annotations.ts';
import type { Chart, ChartFile } from './chart.ts';
import { chartYaml } from './chart-yaml.ts';

/** Far more than a chart of ours ever has, and little enough to be read at once. */
const largest = 16 * 1024 * 1024;

/** The chart in a `.tgz`, ours or Helm's; an invalid Failure where there is none in it. */
export async function readChart(tgz: Buffer): Promise<Chart> {
  const files = await readFiles(tgz).catch((cause: unknown) => {
    throw noChart(reasonOf(cause), cause);
  });
  const { name, version, annotations } = chartYaml({ files });
  if (typeof name !== 'string' || typeof version !== 'string') throw noChart('Chart.yaml has no name and version');
  const created = isMapping(annotations) ? annotations[chartAnnotations.created] : undefined;
  return { name, version, created: dateOf(created), files };
}

async function readFiles(tgz: Buffer): Promise<readonly ChartFile[]> {
  const tar = await promisify(gunzip)(tgz, { maxOutputLength: largest });
  const files: ChartFile[] = [];
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    const { name, type } = entry.header;
    const content = await text(entry);
    if (type === 'file') files.push({ path: pathBelow(name), text: content });
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every file is below one folder, and whoever writes the files may trust their paths. */
function pathBelow(name: string): string {
  const path = posix.normalize(name).split('/').slice(1).join('/');
  if (path !== '' && !name.startsWith('/') && !name.split('/').includes('..')) return path;
  throw new Error(`it holds a file with the path ${JSON.stringify(name)}`);
}

function dateOf(value: unknown): Date | undefined {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function noChart(why: string, cause?: unknown): Failure {
  return new Failure('invalid', { what: 'This is no chart of Helm', why, cause });
}
