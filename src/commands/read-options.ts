import type { Context } from '../context.ts';
import { parseMemory } from '../environment/parse-memory.ts';
import { meantEnvironment } from '../environment/select.ts';
import type { ReadOptions } from '../package/read-manifests.ts';

/** How commands that run often read a package; `--dry-run` and `dk lint` parse anew and leave nothing behind. */
export async function rememberingOptions(context: Context, contextName: string | undefined): Promise<ReadOptions> {
  const name = await meantEnvironment(context, contextName);
  return { cwd: context.cwd, ...(name !== undefined && { parse: parseMemory(context, name) }) };
}
