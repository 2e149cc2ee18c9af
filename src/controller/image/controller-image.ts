import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { imageFile, listFiles } from '../../launch/image/image-file.ts';
import { type OwnImage, ownImage } from '../../launch/image/own-image.ts';
import { ownFolder } from '../../launch/image/recipe.ts';
import type { JsonMemory } from '../../tools/json-memory.ts';
import { version } from '../../version.ts';

/** What `dk init` copies, and no controller needs. */
const leftOut = new Set(['templates']);

/** The controller's image: this very program as it is installed, and Node; named by its content. */
export async function controllerImage({ entry }: Pick<Context, 'entry'>): Promise<OwnImage> {
  const program = await bundleOf(entry);
  const paths = await listFiles(program, leftOut);
  const recipe = {
    base: 'node:24-slim',
    directory: ownFolder,
    env: { NODE_ENV: 'production' },
    command: ['node', join(ownFolder, 'bin.js'), 'controller'],
    source: await Promise.all(paths.map((path) => imageFile(join(program, path), join(ownFolder, path)))),
    dependencies: [],
  };
  return ownImage({ name: 'dk-controller', version }, recipe);
}

/**
 * What that image is called. With `memory`, the program is read only where it is another than the last time: the names of its
 * chunks hold a hash of what is in them.
 */
export async function controllerReference(context: Pick<Context, 'entry'>, memory: JsonMemory): Promise<string> {
  const program = await bundleOf(context.entry);
  const [chunks, bin] = await Promise.all([readdir(join(program, 'chunks')), stat(join(program, 'bin.js'))]);
  const key = JSON.stringify(['image of the controller', program, chunks.sort(), bin.mtimeMs, bin.size]);
  const known = memory.recall(key);
  if (typeof known === 'string') return known;
  const { reference } = await controllerImage(context);
  await memory.remember(key, reference);
  return reference;
}

/** The folder that holds the whole program. */
async function bundleOf(entry: string): Promise<string> {
  const file = await realpath(entry).catch(() => entry);
  if (basename(file) === 'bin.js') return dirname(file);
  throw new Failure('prerequisite', {
    what: "The controller's image cannot be made",
    why: `it is made of the built program, and this one was started as ${entry}`,
    next: 'npm run build && node dist/bin.js dev up',
  });
}
