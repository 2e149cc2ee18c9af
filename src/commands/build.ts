import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { shownPath } from '../package/read-manifests.ts';
import { type BuiltPackage, buildPackage } from '../release/build/build-package.ts';
import { type WrittenChart, writeChart } from '../release/build/write-chart.ts';
import { type OutputFormat, printNote, printResult } from '../report/result.ts';
import { formatBytes, formatTable } from '../report/table.ts';

interface BuildFlags {
  readonly directory?: string | undefined;
  /** Folder for the chart. */
  readonly out?: string | undefined;
  readonly registry?: string | undefined;
  /** `--no-image` makes it false. */
  readonly image: boolean;
  readonly output: OutputFormat;
}

/** `dk build`: the package as an immutable chart, and its image. */
export async function build(context: Context, { directory = '.', out, output, ...options }: BuildFlags): Promise<void> {
  const built = await buildPackage(context, resolve(context.cwd, directory), options);
  const written = await writeChart(context, built, out);
  await printResult(context, output, {
    kind: 'BuiltPackage',
    data: describe(built, written),
    table: () => buildText(context, built, written),
  });
  await printNotes(context, built);
}

function describe({ chart, packed, image, ...built }: BuiltPackage, written: WrittenChart) {
  return {
    package: { name: chart.name, version: chart.version },
    revision: built.revision ?? null,
    created: chart.created?.toISOString() ?? null,
    dirty: built.dirty,
    chart: { ...written, bytes: packed.tgz.length, contentDigest: packed.contentDigest },
    image: image.kind === 'none' ? null : { reference: image.reference, built: image.kind === 'built' },
    included: built.included,
    leftOut: built.leftOut,
  };
}

function buildText({ cwd }: Context, built: BuiltPackage, { folder, file }: WrittenChart): string {
  const { chart, packed, image } = built;
  const included = built.included.map(({ path, bytes, from }) => [path, formatBytes(bytes), from ?? 'written by dk']);
  const leftOut = built.leftOut.map(({ path, why }) => [path, why]);
  return [
    formatTable(['IN THE CHART', 'SIZE', 'FROM'], included),
    ...(leftOut.length === 0 ? [] : ['', formatTable(['LEFT OUT', 'WHY'], leftOut)]),
    '',
    formatTable(
      ['PACKAGE', chart.name],
      [
        ['VERSION', chart.version],
        ['CHART', `${shownPath(file, cwd)} (${formatBytes(packed.tgz.length)})`],
        ['FOLDER', shownPath(folder, cwd)],
        ['IMAGE', image.kind === 'none' ? '-' : image.reference],
        ['DIGEST', packed.contentDigest],
      ],
    ),
  ].join('\n');
}

async function printNotes(context: Context, { image, dirty, chart, revision }: BuiltPackage): Promise<void> {
  if (image.kind === 'none')
    await printNote(context, `The chart names no image, so no cluster can run it: ${image.why}`);
  if (dirty.length === 0) return;
  const shown = dirty.slice(0, 5).map((why) => `  ${why}`);
  const more = dirty.length > shown.length ? [`  and ${dirty.length - shown.length} more`] : [];
  await printNote(
    context,
    [
      `${chart.version} cannot be published, since nobody could make it again:`,
      ...shown,
      ...more,
      `next: ${revision === undefined ? 'git init && ' : ''}git add --all . && git commit, then build again`,
    ].join('\n'),
  );
}
