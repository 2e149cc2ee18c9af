import type { Context } from '../../src/context.ts';
import { Failure } from '../../src/failure.ts';
import { execCommand } from '../../src/launch/exec-command.ts';
import { supervise } from '../../src/launch/supervise.ts';
import { reportFailure } from '../../src/report/failure.ts';
import { contextOfProcess } from '../helpers/process-context.ts';

/** The least of dk's program that can supervise a detached run, and run a command on the terminal. */
const controller = new AbortController();
const listeners = new Set<(signal: NodeJS.Signals) => void>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    controller.abort(new Failure('terminated', { what: `Ended by ${signal}` }));
    for (const listener of listeners) listener(signal);
  });
}
const context: Context = {
  ...contextOfProcess(controller.signal),
  onSignal(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

const [command, file = '', ...args] = process.argv.slice(2);
try {
  if (command === '__supervise') await supervise(context, { directory: file });
  else process.exitCode = await execCommand(context, { file, args, env: definedOf(context.env), cwd: context.cwd });
} catch (error) {
  process.exitCode = reportFailure(context, error);
}

function definedOf(env: Context['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
