import { dirname, join } from 'node:path';
import { namesIn, readIfThere, statIfThere } from '../tools/if-there.ts';
import { entryPoints, type Facts } from './facts.ts';

/** Looks at a package's folder for what the rules want to know; `seedFiles` are relative to it. */
export function gatherFacts(directory: string, seedFiles: readonly string[]): Facts {
  const candidates = [...Object.values(entryPoints).flat(), ...seedFiles];
  return {
    existing: new Set(candidates.filter((path) => exists(directory, path))),
    dotEnv: dotEnvState(directory),
  };
}

/** `*` and `*.go` in the last part stand for any name. */
function exists(directory: string, path: string): boolean {
  const [folder, ending] = path.split('/*');
  if (ending === undefined) return isFile(join(directory, path));
  const names = namesIn(join(directory, folder ?? ''));
  return names.some((name) => name.endsWith(ending));
}

function isFile(path: string): boolean {
  return statIfThere(path)?.isFile() === true;
}

function dotEnvState(directory: string): Facts['dotEnv'] {
  if (!isFile(join(directory, '.env'))) return 'absent';
  return ignoresDotEnv(directory) ? 'ignored' : 'exposed';
}

/** Looks from here up to the root of the repository; outside of one nothing is committed. */
function ignoresDotEnv(folder: string): boolean {
  const ignored = readIfThere(join(folder, '.gitignore')) ?? '';
  if (/^(\*\*\/|\/)?(\.env\*?|\*\.env)\s*$/m.test(ignored)) return true;
  if (statIfThere(join(folder, '.git'))) return false;
  return dirname(folder) === folder || ignoresDotEnv(dirname(folder));
}
