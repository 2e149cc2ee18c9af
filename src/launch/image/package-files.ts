import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { chartFolder } from '../../package/layout.ts';
import { type ImageFile, imageFile, listFiles } from './image-file.ts';

/** What is installed or compiled for this machine, and never looked into. */
const machineFolders = new Set(['node_modules', '.venv', 'venv', '__pycache__', '.git']);

/** Settings of people and their tools, what belongs to a cell, and charts; `!` in .dockerignore takes a file back in. */
const usually = ['**/.*', '**/*.pyc', 'store', 'tests', 'Dockerfile', chartFolder];

/** Credentials, whatever .dockerignore says. */
const always = ['**/.env', '**/.env.*', '**/.npmrc', '**/.netrc', '**/.pgpass'];

/** A package's own files for a folder of an image: all but what .dockerignore, and dk of itself, leave out. */
export async function packageFiles(directory: string, inside: string): Promise<readonly ImageFile[]> {
  const own = await readFile(join(directory, '.dockerignore'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const wanted = dockerignore.default().add(usually).add(own).add(always).createFilter();
  const paths = (await listFiles(directory, machineFolders)).filter(wanted);
  return Promise.all(paths.map((path) => imageFile(join(directory, path), posix.join(inside, path))));
}
