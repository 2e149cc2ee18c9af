import { constants } from 'node:os';
import type { Context } from '../context.ts';
import { type ForegroundProcess, spawnForeground } from '../tools/exec.ts';
import { findProgram } from './find-program.ts';

interface ForegroundCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment; see `processEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
}

/** Runs a command on our terminal and returns its exit code, 128 + n when signal n ended it. */
export async function execCommand(context: Context, { file, args, env, cwd }: ForegroundCommand): Promise<number> {
  context.signal.throwIfAborted();
  const program = await findProgram(file, env['PATH'], cwd);
  const child = await spawnForeground(program, args, { env, cwd });
  const stopForwarding = forwardSignals(context, child);
  const { code, signal } = await child.exited;
  stopForwarding();
  return signal === null ? (code ?? 0) : 128 + constants.signals[signal];
}

/**
 * A terminal sends Ctrl-C to every process on it, so the command has had it already, and what it makes of it
 * (a shell or psql goes on) is its affair. Everything else reaches us alone.
 */
function forwardSignals(context: Context, child: ForegroundProcess): () => void {
  const forward = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGINT' || context.stdin.isTTY !== true) child.kill(signal);
  };
  if (context.onSignal) return context.onSignal(forward);
  const onAbort = () => child.kill('SIGTERM');
  context.signal.addEventListener('abort', onAbort);
  return () => context.signal.removeEventListener('abort', onAbort);
}
