import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { printNote } from '../../report/result.ts';
import { openDocker } from '../../tools/docker.ts';
import { inspectImage } from '../../tools/docker-images.ts';
import { ensureImage } from '../image/ensure-image.ts';
import { specImage } from '../image/spec-image.ts';
import { isolatedEnvironment, refuseInspect } from '../isolated-environment.ts';
import type { PlacedLaunch } from '../launch.ts';
import type { ClusterLogin, JobPlace, NodeImages } from '../place.ts';
import { podResources } from '../resources.ts';
import type { RunFolder } from '../run-folder.ts';
import { runLabels } from '../run-labels.ts';
import { formatRunSpec } from '../run-spec-file.ts';
import { runSpecName } from '../run-spec-mount.ts';
import type { JobPlan } from './job.ts';

type JobLaunch = PlacedLaunch<JobPlace>;

/** Sees to it that the cluster has, or can pull, the package's image. */
export async function prepareJob(context: Context, launch: JobLaunch, id: string, folder: RunFolder): Promise<JobPlan> {
  const { run, spec, options, place } = launch;
  refuseInspect(launch);
  const variables = isolatedEnvironment(launch, id);
  const given = specImage(context, spec.image);
  const image = given ?? (await builtImage(context, launch, folder));
  if (given !== undefined) await bringIfHere(context, place, given);
  const name = jobName(id);
  return {
    launch: 'job',
    cluster: place.cluster,
    wish: {
      name,
      namespace: place.namespace,
      labels: { ...place.labels, ...runLabels(name, run.package.name) },
      image,
      isOurs: given === undefined,
      command: spec.command,
      args: [...(spec.args ?? []), ...options.args],
      variables: Object.keys(variables),
      resources: podResources(spec.resources),
      serviceAccountName: spec.serviceAccountName,
      timeoutMs: options.timeoutMs,
      keep: place.keep,
    },
    secret: { ...variables, [runSpecName]: formatRunSpec(id, run) },
  };
}

/** A run's id for names of up to 63 characters: the package's name gives way, the time and the random end stay. */
export function jobName(id: string): string {
  const [, name = '', end = ''] = /^(.*)(-\d{8}-\d{6}-[0-9a-f]+)$/.exec(id) ?? [];
  return name.slice(0, 63 - end.length).replace(/-+$/, '') + end;
}

async function builtImage(context: Context, launch: JobLaunch, folder: RunFolder): Promise<string> {
  const { images, cluster } = launch.place;
  if (!images) throw noImport(cluster);
  const image = await ensureImage(context, launch, await openDocker(context), folder.private);
  if (!(await images.holds(image))) await bring(context, images, image);
  return image;
}

/**
 * An image of the local engine need not be in a registry; one that it does not hold is the cluster's to pull.
 * A tag that is not dk's may mean another image than yesterday, so what the nodes hold by that name does not count.
 */
async function bringIfHere(context: Context, { images }: JobPlace, image: string): Promise<void> {
  if (images && (await inspectImage(await openDocker(context), image))) await bring(context, images, image);
}

async function bring(context: Context, images: NodeImages, image: string): Promise<void> {
  await printNote(context, `Bringing image ${image} into the cluster`);
  await images.bring(image);
}

function noImport(cluster: ClusterLogin): Failure {
  return new Failure('prerequisite', {
    what: `The cluster of context ${cluster.context} cannot get an image that dk builds`,
    why: 'dk brings images into clusters that it has made; others pull theirs from a registry',
    next: ['Push an image of the package, and name it in dk.yaml: spec.image', 'Or: --launch process'],
  });
}
