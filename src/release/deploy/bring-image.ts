import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import type { NodeImages } from '../../launch/place.ts';
import { printNote } from '../../report/result.ts';
import { openDocker } from '../../tools/docker.ts';
import { inspectImage } from '../../tools/docker-images.ts';

/**
 * Sees to it that a cluster of ours holds the image of a deployment, so that no registry is needed for it. What the engine
 * here does not hold is the cluster's to pull, as everything is in a cluster of others.
 */
export async function bringImage(context: Context, images: NodeImages | undefined, image: string): Promise<void> {
  // A tag that says what is in the image means the same one for ever.
  const isOurs = /-[0-9a-f]{12}$/.test(image);
  if (!images || (isOurs && (await images.holds(image)))) return;
  if (!(await inspectImage(await openDocker(context), image))) return;
  await printNote(context, `Bringing image ${image} into the cluster`);
  await images.bring(image);
}

/** A prerequisite Failure for a deployment that nothing could run. */
export function requireImage(name: string, image: string | undefined, why?: string): string {
  if (image !== undefined) return image;
  throw new Failure('prerequisite', {
    what: `${name} names no image, so no cluster can run it`,
    why: why ?? 'It was built where there was no container engine',
    next: [
      'Build it again with Docker running, or name an image in dk.yaml: spec.image',
      'Or deploy it with --set image=NAME',
    ],
  });
}
