import { once } from 'node:events';
import { relative } from 'node:path';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { reportFailure } from '../report/failure.ts';
import { printNote } from '../report/result.ts';
import { watchFolder } from './watch-folder.ts';

/** Editors write several files, and one file several times; milliseconds without a change after which they have done. */
const quietMs = 150;

/**
 * Runs now, and again whenever the folder of a package changes, until the context's signal: then it throws its reason.
 * `run` gets a context that is aborted by a change, and is awaited before it is called again; its failures are reported.
 */
export async function rerunOnChange(
  context: Context,
  directory: string,
  run: (context: Context) => Promise<void>,
): Promise<never> {
  let change = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onChange = (path: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => change.abort(changed(relative(directory, path))), quietMs);
  };
  const watcher = await watchFolder(directory, { onChange, onError: (error) => change.abort(error) });
  try {
    for (;;) {
      const signal = AbortSignal.any([context.signal, change.signal]);
      await attempt({ ...context, signal }, run);
      if (!signal.aborted) await untilAborted(context, signal);
      context.signal.throwIfAborted();
      await printNote(context, messageOfChange(change.signal.reason));
      change = new AbortController();
    }
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

async function attempt(context: Context, run: (context: Context) => Promise<void>): Promise<void> {
  try {
    await run(context);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // That a run which we stopped did not end well is no news.
    if (!context.signal.aborted) reportFailure(context, error);
  }
}

async function untilAborted(context: Context, signal: AbortSignal): Promise<void> {
  const aborted = once(signal, 'abort');
  await printNote(context, 'waiting for a change');
  await aborted;
}

function changed(path: string): Failure {
  return new Failure('interrupted', { what: `${path} has changed` });
}

/** Whatever aborts a run without being a change ends the watch. */
function messageOfChange(reason: unknown): string {
  if (reason instanceof Failure && reason.kind === 'interrupted') return reason.message;
  throw reason;
}
