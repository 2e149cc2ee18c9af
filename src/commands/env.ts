import type { Context } from '../context.ts';
import { type OutputFormat, printResult } from '../report/result.ts';
import { storeVariablesHere } from './store-variables.ts';
import type { WhereFlags } from './where.ts';

type Variables = Readonly<Record<string, string>>;

const formats = {
  sh: (variables: Variables) => lines(variables, (name, value) => `export ${name}=${shellQuote(value)}`),
  dotenv: (variables: Variables) => lines(variables, (name, value) => `${name}=${JSON.stringify(value)}`),
  json: (variables: Variables) => JSON.stringify(variables, null, 2),
};

interface EnvFlags extends WhereFlags {
  /** What a shell or an IDE reads. */
  readonly format: keyof typeof formats;
  /** `table` is `format`. */
  readonly output: OutputFormat;
}

/** `dk env`: the store variables of the package here, secrets included, for a shell or an IDE to read. */
export async function env(context: Context, { format, output, ...where }: EnvFlags): Promise<void> {
  const { variables } = await storeVariablesHere(context, where);
  await printResult(context, output, {
    kind: 'Variables',
    data: { variables },
    table: () => formats[format](variables),
  });
}

function lines(variables: Variables, line: (name: string, value: string) => string): string {
  return Object.entries(variables)
    .map(([name, value]) => line(name, value))
    .join('\n');
}

function shellQuote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
