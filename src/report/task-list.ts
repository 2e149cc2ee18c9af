import { DefaultRenderer, Listr, ListrLogger, type ListrTaskWrapper, ProcessOutput } from 'listr2';
import type { Context } from '../context.ts';
import type { Event, StepOutcome } from '../graph/events.ts';
import type { Reporter } from './progress.ts';
import { formatDuration } from './table.ts';

/** A live list on a terminal: each row is a promise that the step's own events settle. */
export function createTaskList(context: Context): Reporter {
  const rows = new Map<string, Row>();
  let list: Promise<unknown> = Promise.resolve();
  const listener = (event: Event) => {
    switch (event.type) {
      case 'graph-started':
        for (const { id, title } of event.steps) rows.set(id, createRow(title));
        list = runList(context, [...rows.values()]);
        return;
      case 'step-started':
        return rows.get(event.step)?.tell(event.why);
      case 'step-said':
        return rows.get(event.step)?.tell(event.what);
      case 'step-finished':
        return rows.get(event.step)?.settle(event.outcome, event.milliseconds, event.reason);
      case 'graph-finished':
        return;
    }
  };
  return { listener, finished: () => list.then(() => undefined) };
}

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof DefaultRenderer>;

interface Row {
  readonly title: string;
  readonly task: (ctx: unknown, wrapper: Wrapper) => Promise<void>;
  tell(what: string): void;
  settle(outcome: StepOutcome, milliseconds: number, reason?: string): void;
}

function createRow(title: string): Row {
  let wrapper: Wrapper | undefined;
  let resolve: () => void;
  let reject: (error: Error) => void;
  const settled = new Promise<void>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  settled.catch(() => undefined);
  return {
    title,
    task(_, given) {
      wrapper = given;
      return settled;
    },
    tell(what) {
      if (wrapper) wrapper.output = what;
    },
    settle(outcome, milliseconds, reason) {
      if (outcome === 'failed') return reject(new Error(`${title}: ${reason}`));
      if (outcome === 'skipped' || outcome === 'aborted') wrapper?.skip(`${title} (${outcome})`);
      else if (wrapper && outcome === 'changed') wrapper.title = `${title} (${formatDuration(milliseconds)})`;
      resolve();
    },
  };
}

/** listr2 writes to stdout, and only if that is a terminal; here the list belongs to stderr. */
class StderrRenderer extends DefaultRenderer {
  static override nonTTY = true;
  rows = 24;

  /** While it runs, a list longer than the terminal shows what is not done yet; the last frame is whole. */
  override create(options?: { tasks?: boolean; bottomBar?: boolean; prompt?: boolean }): string {
    const lines = super.create(options).split('\n');
    const last = options?.prompt === false;
    return (last || lines.length < this.rows ? lines : lines.filter((line) => !line.includes('✔'))).join('\n');
  }
}

async function runList(context: Context, rows: readonly Row[]): Promise<void> {
  // listr2 asks for Node's own stream type; it writes to it and reads its size.
  const stream = context.stderr as unknown as NodeJS.WriteStream;
  class Renderer extends StderrRenderer {
    override rows = context.stderr.rows ?? 24;
  }
  const list = new Listr([...rows], {
    concurrent: true,
    exitOnError: false,
    // listr2's own handler exits with 127; ours aborts the graph, and the list then ends by itself.
    registerSignalListeners: false,
    renderer: Renderer,
    rendererOptions: {
      logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput: new ProcessOutput(stream, stream) }),
      collapseErrors: false,
    },
  });
  await list.run();
}
