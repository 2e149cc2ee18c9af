import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import type { Transform } from '../../manifest/schema/transform.ts';
import { printNote } from '../../report/result.ts';
import type { Docker } from '../../tools/docker.ts';
import { buildImage, inspectImage } from '../../tools/docker-images.ts';
import { engineFacts } from '../../tools/docker-run.ts';
import type { Preparation } from '../runtimes/runtime.ts';
import { buildContext } from './build-context.ts';
import { contentOf } from './content.ts';
import { nodeRecipe } from './node-recipe.ts';
import { pythonRecipe } from './python-recipe.ts';
import type { ImageRecipe } from './recipe.ts';

/** An image that is to be made of a package's folder. */
export interface WantedImage {
  /** Absolute. */
  readonly directory: string;
  readonly spec: Pick<Transform['spec'], 'runtime' | 'command'>;
  /** With the registry and namespace that it is for, if any. */
  readonly repository: string;
  /** The tag is this, and the beginning of what the content amounts to. */
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What it is made with. */
export interface Workshop {
  readonly context: Context;
  readonly docker: Docker;
  /** A folder that nobody else reads, gone afterwards. */
  readonly privateDirectory: string;
}

/** SHA-256 of what an image was made from; tells ours from any other that has its name. */
const contentLabel = 'datakit.infoblox.dev/content';

/** Whether dk knows how to make an image for a runtime. */
export function buildsImageFor(runtime: Transform['spec']['runtime']): boolean {
  return runtime === 'generic-node' || runtime === 'generic-python';
}

/** Builds an image where the engine does not hold it yet; returns its reference, which names its content. */
export async function ensurePackageImage(workshop: Workshop, wanted: WantedImage): Promise<string> {
  const { context, docker, privateDirectory } = workshop;
  const recipe = await recipeOf(wanted, { context, directory: wanted.directory, privateDirectory, env: {} }, docker);
  const content = await contentOf(recipe);
  // `+` begins a build's mark in a version, and may not stand in a tag.
  const reference = `${wanted.repository}:${wanted.version.replace(/[^\w.-]/g, '-')}-${content.slice(0, 12)}`;
  const labels = { ...wanted.labels, 'app.kubernetes.io/managed-by': 'dk', [contentLabel]: content };
  if ((await inspectImage(docker, reference))?.labels[contentLabel] === content) return reference;
  await printNote(context, `Building image ${reference} on ${recipe.base}`);
  await buildImage(docker, { reference, labels, context: await buildContext(recipe) });
  return reference;
}

async function recipeOf({ spec }: WantedImage, preparation: Preparation, docker: Docker): Promise<ImageRecipe> {
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
