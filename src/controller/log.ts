import type { Context } from '../context.ts';
import { printNote } from '../report/result.ts';

type Facts = Readonly<Record<string, string | number | undefined>>;

/** What a controller tells of its work: one line each, `time=… level=… what="…" object=…`. */
export interface Log {
  info(what: string, facts?: Facts): void;
  warn(what: string, facts?: Facts): void;
  /** A fault of ours. */
  error(what: string, facts?: Facts): void;
}

export function createLog(context: Context): Log {
  const write =
    (level: string) =>
    (what: string, facts: Facts = {}) => {
      const line = { time: context.now().toISOString(), level, what, ...facts };
      void printNote(context, Object.entries(line).flatMap(formatFact).join(' '));
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

function formatFact([name, value]: [string, string | number | undefined]): readonly string[] {
  if (value === undefined) return [];
  const text = String(value);
  return [`${name}=${/^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text)}`];
}
