import { Failure } from '../../failure.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import { readChart } from '../../package/chart/read-chart.ts';
import type { PackageRegistry } from '../../registry/package-registry.ts';
import type { Release } from './deployments.ts';

/** A version of a package from a registry, the newest unless one is named; a notFound Failure with what there is. */
export async function findRelease(
  registry: PackageRegistry,
  name: string,
  version: string | undefined,
  program: string,
): Promise<Release> {
  const wanted = version ?? (await registry.newest(name))?.version;
  const found = wanted === undefined ? undefined : await registry.chart(name, wanted);
  if (!found) throw await notPublished(registry, name, version, program);
  return { chart: await readChart(found.tgz), registry: registry.address, digest: found.digest };
}

async function notPublished(
  registry: PackageRegistry,
  name: string,
  version: string | undefined,
  program: string,
): Promise<Failure> {
  const versions = (await registry.versions(name))?.map((each) => each.version);
  if (versions && version !== undefined) {
    return new Failure('notFound', {
      what: `${registry.address} has no ${name} ${version}${didYouMean(version, versions)}`,
      why: `It has ${versions.slice(0, 10).join(', ')}${versions.length > 10 ? ` and ${versions.length - 10} more` : ''}`,
      next: `${program} search ${name}`,
    });
  }
  const names = await registry.names();
  return new Failure('notFound', {
    what: `${registry.address} has no package ${name}${didYouMean(name, names)}`,
    why: names.length === 0 ? [] : `It has ${names.join(', ')}`,
    next: `${program} publish in the folder of the package`,
  });
}
