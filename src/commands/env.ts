import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { printText } from '../report/result.ts';
import { storeVariablesHere } from './store-variables.ts';
import type { WhereFlags } from './where.ts';

type Variables = Readonly<Record<string, string>>;

const formats: Readonly<Record<string, (variables: Variables) => string>> = {
  sh: (variables) => lines(variables, (name, value) => `export ${name}=${shellQuote(value)}`),
  dotenv: (variables) => lines(variables, (name, value) => `${name}=${JSON.stringify(value)}`),
  json: (variables) => `${JSON.stringify(variables, null, 2)}\n`,
};

/** `dk env`: the store variables of the package here, secrets included, for a shell or an IDE to read. */
export async function env(context: Context, flags: WhereFlags & { readonly format: string }): Promise<void> {
  const format = formats[flags.format];
  if (!format) {
    const known = Object.keys(formats).join(', ');
    throw new Failure('usage', { what: `There is no format ${flags.format}`, why: `There are ${known}` });
  }
  await printText(context, format((await storeVariablesHere(context, flags)).variables));
}

function lines(variables: Variables, line: (name: string, value: string) => string): string {
  return Object.entries(variables)
    .map(([name, value]) => `${line(name, value)}\n`)
    .join('');
}

function shellQuote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
