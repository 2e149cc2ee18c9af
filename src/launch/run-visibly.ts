import type { Context } from '../context.ts';
import { Failure, type FailureKind } from '../failure.ts';
import { printNote } from '../report/result.ts';
import { spawnGroup } from '../tools/exec.ts';
import { stopProcess } from '../tools/processes.ts';

interface VisibleCommand {
  /** What it is for; told before it starts. */
  readonly title: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it is when the command fails. */
  readonly failure: FailureKind;
}

/** Runs a command that takes its time, with all its output on stderr; a Failure when it fails. */
export async function runVisibly(context: Context, command: VisibleCommand): Promise<void> {
  const { title, file, args, cwd, env } = command;
  context.signal.throwIfAborted();
  await printNote(context, title);
  const show = (chunk: Buffer) => void context.stderr.write(chunk);
  const group = await spawnGroup(file, args, { cwd, env, onStdout: show, onStderr: show });
  const onAbort = () => void stopProcess(group, { graceMs: 5000, group: true }).catch(() => group.kill('SIGKILL'));
  context.signal.addEventListener('abort', onAbort);
  const { code, signal } = await group.exited;
  context.signal.removeEventListener('abort', onAbort);
  context.signal.throwIfAborted();
  if (code === 0) return;
  throw new Failure(command.failure, {
    what: `${title}: the command ${signal ? `was ended by ${signal}` : `failed with exit code ${code}`}`,
    next: `(cd ${cwd} && ${[file, ...args].join(' ')})`,
  });
}
