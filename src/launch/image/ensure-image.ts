import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { printNote } from '../../report/result.ts';
import type { Docker } from '../../tools/docker.ts';
import { engineFacts } from '../../tools/docker-run.ts';
import type { Launch } from '../launch.ts';
import type { Preparation } from '../runtimes/runtime.ts';
import { nodeRecipe } from './node-recipe.ts';
import { ensureOwnImage, ownImage } from './own-image.ts';
import { pythonRecipe } from './python-recipe.ts';
import type { ImageRecipe } from './recipe.ts';

/** The image of a package without one of its own, built where the engine does not hold it yet; returns its reference. */
export async function ensureImage(context: Context, launch: Launch, docker: Docker, privateDirectory: string) {
  const { name, version, directory } = launch.run.package;
  const recipe = await recipeOf(launch, { context, directory, privateDirectory, env: {} }, docker);
  const image = await ownImage({ name: `dk-${name}`, version }, recipe, { 'datakit.infoblox.dev/package': name });
  await ensureOwnImage(docker, image, (what) => printNote(context, what));
  return image.reference;
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
