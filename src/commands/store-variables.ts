import type { Context } from '../context.ts';
import { loadValidPackage } from '../package/load.ts';
import { resolveRun } from '../resolve/resolve.ts';
import type { ResolvedRun } from '../resolve/run-spec.ts';
import { rememberingOptions } from './read-options.ts';
import { openWhere, type WhereFlags } from './where.ts';

/** The package in the current directory, resolved as `dk run` would; its values may be shown, so none is registered as secret. */
export async function storeVariablesHere(context: Context, flags: WhereFlags): Promise<ResolvedRun> {
  const pkg = await loadValidPackage(context.cwd, await rememberingOptions(context, flags.context));
  return resolveRun(pkg, await openWhere(context, pkg.directory, flags));
}
