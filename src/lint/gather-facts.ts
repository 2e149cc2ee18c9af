import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { namesIn, orUndefined, readIfThere } from '../cells/missing.ts';
import { entryPoints, type Facts } from './facts.ts';

/** Looks at a package's folder for what the rules want to know; `seedFiles` are relative to it. */
export async function gatherFacts(directory: string, seedFiles: readonly string[]): Promise<Facts> {
  const candidates = [...Object.values(entryPoints).flat(), ...seedFiles];
  const found = await Promise.all(candidates.map((path) => exists(directory, path)));
  return {
    existing: new Set(candidates.filter((_, index) => found[index])),
    dotEnv: await dotEnvState(directory),
  };
}

/** `*` and `*.go` in the last part stand for any name. */
async function exists(directory: string, path: string): Promise<boolean> {
  const [folder, ending] = path.split('/*');
  if (ending === undefined) return isFile(join(directory, path));
  const names = await namesIn(join(directory, folder ?? ''));
  return names.some((name) => name.endsWith(ending));
}

async function isFile(path: string): Promise<boolean> {
  return (await orUndefined(stat(path)))?.isFile() === true;
}

async function dotEnvState(directory: string): Promise<Facts['dotEnv']> {
  if (!(await isFile(join(directory, '.env')))) return 'absent';
  return (await ignoresDotEnv(directory)) ? 'ignored' : 'exposed';
}

/** Looks from here up to the root of the repository; outside of one nothing is committed. */
async function ignoresDotEnv(folder: string): Promise<boolean> {
  const ignored = (await readIfThere(join(folder, '.gitignore'))) ?? '';
  if (/^(\*\*\/|\/)?(\.env\*?|\*\.env)\s*$/m.test(ignored)) return true;
  if (await orUndefined(stat(join(folder, '.git')))) return false;
  return dirname(folder) === folder || ignoresDotEnv(dirname(folder));
}
