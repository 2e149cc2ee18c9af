import { runApp } from './app.ts';
import type { Context } from './context.ts';
import { exitCodes, Failure } from './failure.ts';
import { createSecretRegistry, RedactingStream } from './report/redact.ts';

type SignalListener = (signal: NodeJS.Signals) => void;

/** One run of dk, from argv to exit code. */
export async function main(process: NodeJS.Process): Promise<void> {
  const listeners = new Set<SignalListener>();
  const context = makeContext(process, abortOnSignals(process, listeners), listeners);
  // A reader that went away (`dk … | head`) is no fault of ours, and no reason to leave what is being watched over.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (listeners.size === 0) process.exit(exitCodes.done);
    });
  }
  process.exitCode = await runApp(context, process.argv.slice(2));
}

function abortOnSignals(process: NodeJS.Process, listeners: ReadonlySet<SignalListener>): AbortSignal {
  const controller = new AbortController();
  for (const [signal, kind] of [
    ['SIGINT', 'interrupted'],
    ['SIGTERM', 'terminated'],
    ['SIGHUP', 'terminated'],
  ] as const) {
    process.on(signal, () => {
      // The second one is for whoever does not want to wait.
      if (controller.signal.aborted && listeners.size === 0) process.exit(exitCodes[kind]);
      controller.abort(new Failure(kind, { what: kind === 'interrupted' ? 'Interrupted' : `Ended by ${signal}` }));
      for (const listener of listeners) listener(signal);
    });
  }
  return controller.signal;
}

function makeContext(process: NodeJS.Process, signal: AbortSignal, listeners: Set<SignalListener>): Context {
  const secrets = createSecretRegistry();
  return {
    // Opening it takes a while, and few commands read it.
    get stdin() {
      return process.stdin;
    },
    stdout: new RedactingStream(process.stdout, secrets),
    stderr: new RedactingStream(process.stderr, secrets),
    env: process.env,
    cwd: process.cwd(),
    uid: process.getuid?.(),
    // npm sets this for `npx dk` and `npm run`; a dk on PATH is started without it.
    program: process.env['npm_command'] === 'exec' ? 'npx dk' : 'dk',
    entry: process.argv[1] ?? '',
    node: process.execPath,
    secrets,
    now: () => new Date(),
    signal,
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
