import type { Context } from '../context.ts';
import { environmentName } from '../environment/names.ts';
import { parseMemory } from '../environment/parse-memory.ts';
import type { ReadOptions } from '../package/read-manifests.ts';

/** How commands that run often read a package; `--dry-run` and `dk lint` parse anew and leave nothing behind. */
export function rememberingOptions(context: Context, contextName: string | undefined): ReadOptions {
  return { cwd: context.cwd, parse: parseMemory(context, environmentName(context, contextName)) };
}
