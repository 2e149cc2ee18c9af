import semver from 'semver';
import type { Context } from '../context.ts';
import { formatRegistryAddress, parseRegistryAddress, repositoryOf } from './address.ts';
import { type ClientOptions, openClient, type RegistryClient } from './client.ts';
import { versionOfTag } from './helm-artefact.ts';
import { inParallel } from './in-parallel.ts';
import { listNames } from './list-names.ts';
import { listTags } from './manifests.ts';
import type { PackageRegistry, PublishedVersion } from './package-registry.ts';
import { findVersion, readChartOf } from './published-version.ts';
import { pushChart } from './push-chart.ts';
import { type ImageToPush, pushImage } from './push-image.ts';
import { byBase, newestFirst } from './version-order.ts';

export interface RegistryOptions extends ClientOptions {
  /** Packages to look for where the registry tells nobody what it holds. */
  readonly names?: readonly string[];
}

/** A registry of packages that takes their images, too. */
export interface OpenedRegistry extends PackageRegistry {
  pushImage(image: ImageToPush): ReturnType<PackageRegistry['push']>;
}

/** Opens a registry of packages: `localhost:5000`, `oci://ghcr.io/team`; it is asked nothing yet. */
export async function openRegistry(
  context: Context,
  address: string,
  options: RegistryOptions = {},
): Promise<OpenedRegistry> {
  const parsed = parseRegistryAddress(address, options.plainHttp);
  const client = await openClient(context, parsed, options);
  const repository = (name: string) => repositoryOf(parsed, name);
  const look = (name: string) => (version: string) => findVersion(client, repository(name), version);
  return {
    address: formatRegistryAddress(parsed),
    names: () => client.explaining('list its packages', () => listNames(client, options.names ?? [])),
    versions: (name) =>
      client.explaining(`list the versions of ${name}`, async () => {
        const found = await inParallel((await versionTags(client, repository(name))) ?? [], look(name));
        const versions = found.flatMap((each) => each?.version ?? []);
        return versions.length === 0 ? undefined : newestFirst(versions);
      }),
    newest: (name) =>
      client.explaining(`tell the newest version of ${name}`, async () =>
        newestOf((await versionTags(client, repository(name))) ?? [], look(name)),
      ),
    chart: (name, version) =>
      client.explaining(`give ${name} ${version}`, async () => {
        const found = await look(name)(version);
        return found && { ...found.version, tgz: await readChartOf(client, repository(name), found) };
      }),
    push: (chart) =>
      client.explaining(`take ${chart.name} ${chart.version}`, () => pushChart(client, repository(chart.name), chart)),
    pushImage: (image) =>
      client.explaining(`take the image ${image.name}:${image.tag}`, () =>
        pushImage(client, repository(image.name), image),
      ),
  };
}

/** An image that dk built stands beside its chart, under the chart's version and twelve digits of its own content. */
const imageTag = /-g[0-9a-f]{7}-[0-9a-f]{12}$/;

/** Undefined where there is no such repository; tags that are no versions are somebody else's. */
async function versionTags(client: RegistryClient, repository: string): Promise<readonly string[] | undefined> {
  const tags = await listTags(client, repository);
  return tags?.map(versionOfTag).filter((version) => semver.valid(version) !== null && !imageTag.test(version));
}

/** Only of versions with the highest base it matters when they were made. */
async function newestOf(
  versions: readonly string[],
  look: (version: string) => ReturnType<typeof findVersion>,
): Promise<PublishedVersion | undefined> {
  for (const group of byBase(versions)) {
    const found = await inParallel(group, look);
    const [newest] = newestFirst(found.flatMap((each) => each?.version ?? []));
    if (newest) return newest;
  }
  return undefined;
}
