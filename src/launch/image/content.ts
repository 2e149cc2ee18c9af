import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { formatDockerfile } from './dockerfile.ts';
import type { ImageFile } from './image-file.ts';
import type { ImageRecipe } from './recipe.ts';

/** Of so many files at once the content is read. */
const readers = 16;

/** SHA-256 of all that decides what an image of the recipe is; base images go by their names. */
export async function contentOf(recipe: ImageRecipe): Promise<string> {
  const hash = createHash('sha256').update(formatDockerfile(recipe));
  for (const files of [recipe.dependencies, recipe.source]) await addFiles(hash, files);
  return hash.digest('hex');
}

/** Several at once, and always in the same order. */
async function addFiles(hash: Hash, files: readonly ImageFile[]): Promise<void> {
  for (let start = 0; start < files.length; start += readers) {
    const lines = await Promise.all(files.slice(start, start + readers).map(lineOf));
    hash.update(lines.join(''));
  }
}

async function lineOf(file: ImageFile): Promise<string> {
  switch (file.kind) {
    case 'link':
      return `${JSON.stringify([file.path, 'link', file.target])}\n`;
    case 'file':
      return `${JSON.stringify([file.path, file.executable, await digestOf(file.source)])}\n`;
  }
}

async function digestOf(source: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(source), hash);
  return hash.digest('hex');
}
