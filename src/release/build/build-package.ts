import type { Context } from '../../context.ts';
import type { Package } from '../../manifest/manifest.ts';
import type { Chart, PackedChart } from '../../package/chart/chart.ts';
import { makeChart } from '../../package/chart/make-chart.ts';
import { readManifestFiles } from '../../package/chart/manifest-files.ts';
import { packChart } from '../../package/chart/pack-chart.ts';
import { chartFolder } from '../../package/layout.ts';
import { formatRegistryAddress, parseRegistryAddress } from '../../registry/address.ts';
import { folderCommit } from '../../tools/git.ts';
import { checkedPackage } from './checked-package.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import { type ReleaseImage, releaseImage } from './release-image.ts';
import { releaseVersion } from './release-version.ts';

export interface BuildOptions {
  /** `--registry`, else `DK_REGISTRY`: where chart and image are going to be found. */
  readonly registry?: string | undefined;
  /** False to leave out the image that dk would build. */
  readonly image?: boolean;
}

/** A package as it can be published or deployed. */
export interface BuiltPackage extends Inventory {
  readonly package: Package;
  readonly chart: Chart;
  readonly packed: PackedChart;
  readonly image: ReleaseImage;
  /** The commit; undefined without one. */
  readonly revision: string | undefined;
  /** Why the version ends in `-dirty`, and cannot be published; empty where it does not. */
  readonly dirty: readonly string[];
}

/** Lints the package in an absolute folder and makes its chart, and its image where there is an engine for it. Writes no file. */
export async function buildPackage(
  context: Context,
  directory: string,
  options: BuildOptions = {},
): Promise<BuiltPackage> {
  const registry = registryOf(context, options);
  const pkg = await checkedPackage(context, directory);
  const needed = readManifestFiles(directory).map(({ from }) => from);
  const commit = await folderCommit(context, directory, { except: [chartFolder], needed });
  const { version, dirty } = releaseVersion(pkg.transform, commit);
  const image = await releaseImage(context, pkg, { version, commit, registry, build: options.image ?? true });
  const chart = makeChart(pkg, {
    version,
    ...(commit.found && { revision: commit.commit, created: commit.committedAt }),
    ...(image.kind !== 'none' && { image: image.reference }),
    ...(registry !== undefined && { registry }),
  });
  return {
    package: pkg,
    chart,
    packed: await packChart(chart),
    image,
    revision: commit.found ? commit.commit : undefined,
    dirty,
    ...(await takeInventory(directory, chart, image)),
  };
}

// Nothing is sent anywhere yet: whether plain HTTP will do is for publishing to say.
const plainHttp = true;

function registryOf({ env }: Context, { registry = env['DK_REGISTRY'] }: BuildOptions): string | undefined {
  return registry ? formatRegistryAddress(parseRegistryAddress(registry, plainHttp)) : undefined;
}
