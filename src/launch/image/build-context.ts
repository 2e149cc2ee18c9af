import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { type Pack, pack } from 'tar-stream';
import { formatDockerfile, layers, packageUser } from './dockerfile.ts';
import type { ImageFile } from './image-file.ts';
import type { ImageRecipe } from './recipe.ts';

/** The same files give the same layers, whenever they were written. */
const mtime = new Date(0);

/** What an engine builds an image of the recipe from, as a tar stream. */
export async function buildContext(recipe: ImageRecipe): Promise<Readable> {
  const installed = (await recipe.install?.()) ?? [];
  const tar = pack();
  const write = async () => {
    await add(tar, { name: 'Dockerfile', mode: 0o644 }, formatDockerfile(recipe));
    await addFiles(tar, layers.dependencies, [...recipe.dependencies, ...installed]);
    await addFiles(tar, layers.source, recipe.source);
    tar.finalize();
  };
  write().catch((error: Error) => tar.destroy(error));
  return Readable.from(tar);
}

async function addFiles(tar: Pack, layer: string, files: readonly ImageFile[]): Promise<void> {
  for (const file of files) {
    const name = posix.join(layer, file.path);
    switch (file.kind) {
      case 'link':
        await add(tar, { name, mode: 0o777, type: 'symlink', linkname: file.target });
        break;
      case 'file':
        await add(tar, { name, mode: file.executable ? 0o755 : 0o644 }, await readFile(file.source));
        break;
    }
  }
}

type Header = Parameters<Pack['entry']>[0];

function add(tar: Pack, header: Header, content: string | Buffer = ''): Promise<void> {
  const owned = { uid: packageUser, gid: packageUser, mtime, ...header };
  return new Promise((resolve, reject) => {
    tar.entry(owned, content, (error) => (error ? reject(error) : resolve()));
  });
}
