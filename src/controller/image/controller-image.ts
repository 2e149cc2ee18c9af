import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { imageFile, listFiles } from '../../launch/image/image-file.ts';
import { type OwnImage, ownImage } from '../../launch/image/own-image.ts';
import { ownFolder } from '../../launch/image/recipe.ts';
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
