import type { Context } from '../context.ts';
import { layOut } from './lay-out.ts';

/** How a result is printed on stdout. */
export type OutputFormat = 'table' | 'json' | 'yaml';

/** The version of the JSON shape of every result. */
const resultVersion = 'datakit.infoblox.dev/cli/v1';

interface Result {
  /** Name of the shape, such as `CellList`. */
  readonly kind: string;
  /** Plain data; its keys stand beside `apiVersion` and `kind`. */
  readonly data: Readonly<Record<string, unknown>> & { readonly apiVersion?: never; readonly kind?: never };
  /** The same for people, without the last newline; empty prints nothing. */
  readonly table: () => string;
}

/** Prints a command's result on stdout. */
export async function printResult(context: Context, format: OutputFormat, result: Result): Promise<void> {
  const text = await formatResult(context, format, result);
  if (text !== '') await write(context.stdout, `${text}\n`);
}

async function formatResult(
  { stdout, secrets }: Context,
  format: OutputFormat,
  { kind, data, table }: Result,
): Promise<string> {
  const shape = { apiVersion: resultVersion, kind, ...data };
  switch (format) {
    case 'table':
      // Redacted here already: a secret that is broken into lines would not be recognised on its way to the terminal.
      return layOut(secrets.redact(table()), stdout.isTTY ? stdout.columns : undefined);
    case 'json':
      return JSON.stringify(shape, null, 2);
    case 'yaml':
      // What JSON would say, no more: no anchors for what stands there twice, no folded lines.
      return (await import('./yaml.ts')).yamlText(shape);
  }
}

/** Prints lines on stdout as they are. */
export function printText(context: Context, text: string): Promise<void> {
  return write(context.stdout, text);
}

/** One line of progress or advice on stderr. */
export function printNote(context: Context, line: string): Promise<void> {
  return write(context.stderr, `${line}\n`);
}

function write(stream: Context['stdout'], text: string): Promise<void> {
  return new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve())));
}
