import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { printNote } from '../../report/result.ts';
import type { Docker } from '../../tools/docker.ts';
import { buildImage, inspectImage } from '../../tools/docker-images.ts';
import { engineFacts } from '../../tools/docker-run.ts';
import type { Launch } from '../launch.ts';
import type { Preparation } from '../runtimes/runtime.ts';
import { buildContext } from './build-context.ts';
import { contentOf } from './content.ts';
import { nodeRecipe } from './node-recipe.ts';
import { pythonRecipe } from './python-recipe.ts';
import type { ImageRecipe } from './recipe.ts';

/** SHA-256 of what an image was made from; tells ours from any other that has its name. */
const contentLabel = 'datakit.infoblox.dev/content';

/** The image of a package without one of its own, built where the engine does not hold it yet; returns its reference. */
export async function ensureImage(context: Context, launch: Launch, docker: Docker, privateDirectory: string) {
  const { name, version, directory } = launch.run.package;
  const recipe = await recipeOf(launch, { context, directory, privateDirectory, env: {} }, docker);
  const content = await contentOf(recipe);
  // `+` begins a build's mark in a version, and may not stand in a tag.
  const reference = `dk-${name}:${version.replace(/[^\w.-]/g, '-')}-${content.slice(0, 12)}`;
  const labels = {
    'app.kubernetes.io/managed-by': 'dk',
    'datakit.infoblox.dev/package': name,
    [contentLabel]: content,
  };
  if ((await inspectImage(docker, reference))?.labels[contentLabel] === content) return reference;
  await printNote(context, `Building image ${reference} on ${recipe.base}`);
  await buildImage(docker, { reference, labels, context: await buildContext(recipe) });
  return reference;
}

async function recipeOf({ spec }: Launch, preparation: Preparation, docker: Docker): Promise<ImageRecipe> {
  const hasOwnCommand = spec.command !== undefined;
  switch (spec.runtime) {
    case 'generic-node':
      return nodeRecipe(preparation, hasOwnCommand);
    case 'generic-python':
      return pythonRecipe(preparation, hasOwnCommand, (await engineFacts(docker)).machine);
    case 'generic-go':
    case 'dbt':
    case 'cloudquery':
      throw new Failure('prerequisite', {
        what: `dk builds no image for the runtime ${spec.runtime}`,
        why: 'It builds them for generic-node and generic-python',
        next: ['Name one in dk.yaml: spec.image', 'Or run it as a process of this machine: --launch process'],
      });
  }
}
