import { once } from 'node:events';
import { relative } from 'node:path';
import { Failure } from '../failure.ts';
import { watchFolder } from './watch-folder.ts';

/** Editors write several files, and one file several times; milliseconds without a change after which they have done. */
const quietMs = 150;

interface Watch {
  /** The package's folder, absolute. */
  readonly directory: string;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Runs once; when something changes its signal is aborted, and it is awaited. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Hears why a run failed; that does not end the watch. */
  readonly onFailure: (failure: Failure) => void;
  /** Hears what the watch does, a line at a time. */
  readonly tell: (line: string) => void;
}

/** Runs now, and again whenever the package changes, until `signal` is aborted: then it throws the signal's reason. */
export async function rerunOnChange({ directory, signal, run, onFailure, tell }: Watch): Promise<never> {
  let change = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onChange = (path: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => change.abort(changed(relative(directory, path))), quietMs);
  };
  const watcher = await watchFolder(directory, { onChange, onError: (error) => change.abort(error) });
  try {
    for (;;) {
      const either = AbortSignal.any([signal, change.signal]);
      await attempt(run, either, onFailure);
      if (!either.aborted) tell('waiting for a change');
      if (!either.aborted) await once(either, 'abort');
      signal.throwIfAborted();
      tell(messageOfChange(change.signal.reason));
      change = new AbortController();
    }
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

async function attempt(run: Watch['run'], signal: AbortSignal, onFailure: Watch['onFailure']): Promise<void> {
  try {
    await run(signal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // That a run which we stopped did not end well is no news.
    if (!signal.aborted) onFailure(error);
  }
}

function changed(path: string): Failure {
  return new Failure('interrupted', { what: `${path} has changed` });
}

/** Everything but a change that aborts a run ends the watch too. */
function messageOfChange(reason: unknown): string {
  if (reason instanceof Failure && reason.kind === 'interrupted') return reason.message;
  throw reason;
}
