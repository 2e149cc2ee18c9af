import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { environmentName } from '../environment/names.ts';
import { bringImage } from '../release/deploy/bring-image.ts';
import { type PublishedPackage, type PublishOptions, publishPackage } from '../release/publish/publish-package.ts';
import { type OutputFormat, printResult } from '../report/result.ts';
import { formatTable } from '../report/table.ts';
import { withOwnRegistry } from './own-registry.ts';

interface PublishFlags extends PublishOptions {
  readonly directory?: string | undefined;
  /** Whose own registry is meant where none is named. */
  readonly env?: string | undefined;
  readonly output: OutputFormat;
}

/** `dk publish`: the package's image and chart, in a registry. */
export async function publish(context: Context, { directory = '.', output, ...given }: PublishFlags): Promise<void> {
  const environment = environmentName(context, given.env);
  const { flags, own } = await withOwnRegistry(context, given, { environment, make: true });
  const published = await publishPackage(context, resolve(context.cwd, directory), flags);
  // Whatever names the version in this cluster finds its image there, even where nodes cannot pull.
  if (own && published.image) await bringImage(context, own.cluster.images, published.image.reference);
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
