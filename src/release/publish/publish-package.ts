import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from '../../context.ts';
import { Failure, reasonOf } from '../../failure.ts';
import { chartYaml } from '../../package/chart/chart-yaml.ts';
import { openMeantRegistry, type RegistryFlags } from '../../registry/meant-registry.ts';
import type { OpenedRegistry } from '../../registry/open-registry.ts';
import { printNote } from '../../report/result.ts';
import { openDocker } from '../../tools/docker.ts';
import { saveImage } from '../../tools/docker-save.ts';
import { type BuiltPackage, buildPackage } from '../build/build-package.ts';

export interface PublishOptions extends RegistryFlags {
  /** False to publish a chart that names no image of its own. */
  readonly image?: boolean;
}

/** What became of one part of a package in a registry. */
export interface Published {
  /** `localhost:5000/team/pg-to-s3:1.2.4-g29aef01` */
  readonly reference: string;
  /** Of its manifest. */
  readonly digest: string;
  readonly outcome: 'pushed' | 'unchanged';
}

/** A package in a registry. */
export interface PublishedPackage {
  readonly built: BuiltPackage;
  /** `localhost:5000/team` */
  readonly registry: string;
  readonly chart: Published;
  /** Undefined where dk built none. */
  readonly image: Published | undefined;
}

/** Builds the package in an absolute folder and publishes its image, then its chart, which makes the version visible. */
export async function publishPackage(
  context: Context,
  directory: string,
  options: PublishOptions,
): Promise<PublishedPackage> {
  const registry = await openMeantRegistry(context, options);
  // Its form without a scheme: a chart names it, too.
  const { address } = registry;
  const built = await buildPackage(context, directory, { registry: address, image: options.image ?? true });
  refuseDirty(built);
  if (options.image !== false) requireImage(built);
  const image = await publishImage(context, registry, built);
  const { chart, packed } = built;
  const pushed = await registry.push({
    name: chart.name,
    version: chart.version,
    created: chart.created,
    config: chartYaml(chart),
    ...packed,
  });
  return {
    built,
    registry: address,
    image,
    chart: { reference: `${address}/${chart.name}:${chart.version}`, ...pushed },
  };
}

/** A conflict, like any version that would have two contents: the files that are here, and those of the commit it names. */
function refuseDirty({ chart, dirty }: BuiltPackage): void {
  if (dirty.length === 0) return;
  const [shown, rest] = [dirty.slice(0, 5), dirty.length - 5];
  throw new Failure('conflict', {
    what: `${chart.name} ${chart.version} cannot be published: nobody could make it again`,
    why: [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])],
    next: ['git add --all . && git commit', 'dk publish'],
  });
}

/** A version never changes, so one that no cluster could run would stay so. */
function requireImage({ chart, image }: BuiltPackage): void {
  if (image.kind !== 'none') return;
  throw new Failure('prerequisite', {
    what: `${chart.name} ${chart.version} has no image, so no cluster could run it`,
    why: image.why,
    next: [
      'Start the container engine, or name an image in dk.yaml: spec.image',
      'dk publish --no-image, where that is meant',
    ],
  });
}

async function publishImage(
  context: Context,
  registry: OpenedRegistry,
  { chart: { name }, image }: BuiltPackage,
): Promise<Published | undefined> {
  if (image.kind !== 'built') return undefined;
  const { reference } = image;
  const folder = await mkdtemp(join(tmpdir(), 'dk-image-'));
  const load = async () => {
    await printNote(context, `Pushing image ${reference}`);
    return saveImage(await openDocker(context), reference, { folder, signal: context.signal });
  };
  try {
    const tag = reference.slice(reference.lastIndexOf(':') + 1);
    return { reference, ...(await registry.pushImage({ name, tag, load })) };
  } catch (error) {
    throw isDiskFull(error) ? noRoom(reference, folder, error) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function noRoom(reference: string, folder: string, cause: unknown): Failure {
  return new Failure('prerequisite', {
    what: `There is no room for image ${reference} on its way into the registry`,
    why: `${dirname(folder)}: ${reasonOf(cause)}`,
    next: ['Use a folder with more room: export TMPDIR=/path/to/folder'],
    cause,
  });
}
