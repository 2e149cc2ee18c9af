import type { Docker } from '../../tools/docker.ts';
import { buildImage, inspectImage } from '../../tools/docker-images.ts';
import { buildContext } from './build-context.ts';
import { contentOf } from './content.ts';
import type { ImageRecipe } from './recipe.ts';

/** SHA-256 of what an image was made from; tells ours from any other that has its name. */
const contentLabel = 'datakit.infoblox.dev/content';

/** An image that dk makes; its name tells its content, before it is made. */
export interface OwnImage {
  /** `<name>:<version>-<12 hex>` */
  readonly reference: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly recipe: ImageRecipe;
}

/** What an image of this recipe is called; asks no engine. */
export async function ownImage(
  { name, version }: { readonly name: string; readonly version: string },
  recipe: ImageRecipe,
  labels: Readonly<Record<string, string>> = {},
): Promise<OwnImage> {
  const content = await contentOf(recipe);
  return {
    // `+` begins a build's mark in a version, and may not stand in a tag.
    reference: `${name}:${version.replace(/[^\w.-]/g, '-')}-${content.slice(0, 12)}`,
    labels: { 'app.kubernetes.io/managed-by': 'dk', ...labels, [contentLabel]: content },
    recipe,
  };
}

/** Builds it where the engine does not hold it yet, after `tell`. */
export async function ensureOwnImage(
  docker: Docker,
  { reference, labels, recipe }: OwnImage,
  tell: (what: string) => Promise<void> | void,
): Promise<void> {
  if ((await inspectImage(docker, reference))?.labels[contentLabel] === labels[contentLabel]) return;
  await tell(`Building image ${reference} on ${recipe.base}`);
  await buildImage(docker, { reference, labels, context: await buildContext(recipe) });
}
