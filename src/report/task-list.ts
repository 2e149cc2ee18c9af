import { DefaultRenderer, Listr, ListrLogger, ProcessOutput } from 'listr2';
import type { Context } from '../context.ts';
import type { Event } from '../graph/events.ts';
import type { Reporter } from './progress.ts';
import { createStyle } from './style.ts';
import { drawFrame, drawLastFrame, type Row } from './task-frame.ts';

/** A live list on a terminal, drawn from the events; listr2 moves the cursor and draws it anew as time goes on. */
export function createTaskList(context: Context): Reporter {
  let rows = new Map<string, Row>();
  let end: () => void = () => undefined;
  let list: Promise<unknown> = Promise.resolve();
  const listener = (event: Event) => {
    switch (event.type) {
      case 'graph-started':
        rows = new Map(event.steps.map(({ id, title }) => [id, { title, state: 'waiting' }]));
        list = showAfter(list, context, rows, new Promise((resolve) => (end = resolve)));
        return;
      case 'graph-finished':
        return end();
      case 'step-started':
      case 'step-said':
      case 'step-finished':
        rows.set(event.step, rowAfter(context, event));
    }
  };
  return { listener, finished: async () => void (await list) };
}

type StepEvent = Exclude<Event, { type: 'graph-started' | 'graph-finished' }>;

/** Redacted here already: a secret that is clipped or wrapped would not be recognised on its way to the terminal. */
function rowAfter({ secrets }: Context, event: StepEvent): Row {
  const { title } = event;
  switch (event.type) {
    case 'step-started':
      return { title, state: 'running', note: secrets.redact(event.why) };
    case 'step-said':
      return { title, state: 'running', note: secrets.redact(event.what) };
    case 'step-finished': {
      const { outcome: state, milliseconds, reason } = event;
      return { title, state, milliseconds, ...(reason === undefined ? {} : { note: secrets.redact(reason) }) };
    }
  }
}

/** Below the list of the graph before, which is to be drawn to its end first. */
async function showAfter(before: Promise<unknown>, ...list: Parameters<typeof showList>): Promise<void> {
  await before;
  await showList(...list);
}

async function showList(context: Context, rows: ReadonlyMap<string, Row>, ended: Promise<void>): Promise<void> {
  const { stderr, env } = context;
  const style = createStyle(stderr, env);
  let frame = 0;
  class Renderer extends DefaultRenderer {
    static override nonTTY = true;
    override create(options?: { readonly prompt?: boolean }): string {
      // listr2 asks for the last frame by asking for one without a prompt.
      if (options?.prompt === false) return drawLastFrame([...rows.values()], style);
      frame += 1;
      return drawFrame([...rows.values()], { style, columns: stderr.columns ?? 80, lines: stderr.rows ?? 24, frame });
    }
  }
  // listr2 asks for Node's own stream type; it writes to it and reads its size.
  const stream = stderr as unknown as NodeJS.WriteStream;
  const logger = new ListrLogger({ toStderr: [], processOutput: new ProcessOutput(stream, stream) });
  const list = new Listr([{ task: () => ended }], {
    // listr2's own handler exits with 127; ours aborts the graph, and the list then ends by itself.
    registerSignalListeners: false,
    renderer: Renderer,
    rendererOptions: { logger },
  });
  await list.run();
}
