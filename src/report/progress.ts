import type { Context } from '../context.ts';
import type { Listener } from '../graph/events.ts';
import { createJsonLines } from './ndjson.ts';
import { createPlainLines } from './plain.ts';

/** A rendering of the events of one graph, or of several, one after the other. */
export interface Reporter {
  readonly listener: Listener;
  /** Resolves when the last frame is drawn. */
  finished(): Promise<void>;
}

/** The live list on a terminal, plain lines off it, NDJSON when asked for. */
export async function createReporter(context: Context, options: { readonly json: boolean }): Promise<Reporter> {
  if (options.json) return { listener: createJsonLines(context), finished: async () => undefined };
  if (context.stderr.isTTY && context.env['TERM'] !== 'dumb') {
    return (await import('./task-list.ts')).createTaskList(context);
  }
  return { listener: createPlainLines(context), finished: async () => undefined };
}
