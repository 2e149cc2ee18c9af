import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { Failure } from '../failure.ts';

/** The absolute path of a program: by PATH, or, where the name holds a slash, relative to the folder. */
export async function findProgram(name: string, path: string | undefined, directory: string): Promise<string> {
  const found = await lookForProgram(name, path, directory);
  if (found !== undefined) return found;
  throw new Failure('prerequisite', name.includes('/') ? notExecutable(name, directory) : notOnPath(name));
}

/** The same for a program that may be missing. */
export async function lookForProgram(
  name: string,
  path: string | undefined,
  directory: string,
): Promise<string | undefined> {
  const folders = name.includes('/') ? [''] : (path ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const file = resolve(directory, folder, name);
    if (await isProgram(file)) return file;
  }
  return undefined;
}

function notExecutable(name: string, directory: string) {
  const file = resolve(directory, name);
  return { what: `${name} cannot be started`, why: `${file} is not an executable file`, next: `chmod +x ${file}` };
}

function notOnPath(name: string) {
  return {
    what: `The program ${name} was not found`,
    why: 'It is in no folder of PATH',
    next: 'Install it, or add its folder to PATH',
  };
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
