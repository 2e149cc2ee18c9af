import type { Context } from '../context.ts';
import type { Event, Listener } from '../graph/events.ts';
import { formatDuration } from './table.ts';

/** One line an event that matters, for logs and pipes. */
export function createPlainLines(context: Context): Listener {
  return (event) => {
    const line = formatEvent(event);
    if (line !== undefined) context.stderr.write(`${line}\n`);
  };
}

function formatEvent(event: Event): string | undefined {
  switch (event.type) {
    case 'graph-started':
    case 'graph-finished':
      return undefined;
    case 'step-started':
      return `… ${event.title}: ${event.why}`;
    case 'step-said':
      return `  ${event.title}: ${event.what}`;
    case 'step-finished':
      return formatFinished(event);
  }
}

const marks = { unchanged: '=', changed: '+', failed: '✖', skipped: '-', aborted: '-' } as const;

function formatFinished(event: Extract<Event, { type: 'step-finished' }>): string {
  const time = event.outcome === 'skipped' ? '' : ` (${formatDuration(event.milliseconds)})`;
  const reason = event.reason === undefined ? '' : `: ${event.reason}`;
  return `${marks[event.outcome]} ${event.title} ${event.outcome}${time}${reason}`;
}
