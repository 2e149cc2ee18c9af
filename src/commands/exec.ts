import type { Context } from '../context.ts';
import { execCommand } from '../launch/exec-command.ts';
import { processEnvironment } from '../launch/process-environment.ts';
import { storeVariablesHere } from './store-variables.ts';
import type { WhereFlags } from './where.ts';

/** `dk exec`: any command with the package's store variables; gives the command's own exit code. */
export async function exec(
  context: Context,
  [file = '', ...args]: readonly string[],
  flags: WhereFlags,
): Promise<number> {
  const { variables } = await storeVariablesHere(context, flags);
  return execCommand(context, { file, args, env: processEnvironment(context.env, variables, {}), cwd: context.cwd });
}
