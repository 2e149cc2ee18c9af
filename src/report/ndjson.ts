import type { Context } from '../context.ts';
import type { Listener } from '../graph/events.ts';

/** Every event as one JSON object a line on stderr, with its time. */
export function createJsonLines(context: Context): Listener {
  return (event) => {
    const line = JSON.stringify({ ...event, ts: context.now().toISOString() });
    context.stderr.write(`${line}\n`);
  };
}
