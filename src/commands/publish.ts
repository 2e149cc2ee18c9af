import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { type PublishedPackage, type PublishOptions, publishPackage } from '../release/publish/publish-package.ts';
import { type OutputFormat, printResult } from '../report/result.ts';
import { formatTable } from '../report/table.ts';

interface PublishFlags extends PublishOptions {
  readonly directory?: string | undefined;
  readonly output: OutputFormat;
}

/** `dk publish`: the package's image and chart, in a registry. */
export async function publish(context: Context, { directory = '.', output, ...options }: PublishFlags): Promise<void> {
  const published = await publishPackage(context, resolve(context.cwd, directory), options);
  await printResult(context, output, {
    kind: 'PublishedPackage',
    data: describe(published),
    table: () => publishedText(published),
  });
}

function describe({ built: { chart, packed, revision }, registry, ...published }: PublishedPackage) {
  return {
    package: { name: chart.name, version: chart.version },
    registry,
    revision: revision ?? null,
    chart: { ...published.chart, contentDigest: packed.contentDigest },
    image: published.image ?? null,
  };
}

function publishedText({ chart, image }: PublishedPackage): string {
  const rows = [...(image ? [['image', image] as const] : []), ['chart', chart] as const];
  return formatTable(
    ['PART', 'REFERENCE', 'DIGEST', 'OUTCOME'],
    rows.map(([part, { reference, digest, outcome }]) => [part, reference, digest, outcome]),
  );
}
