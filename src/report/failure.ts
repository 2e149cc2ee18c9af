import { inspect } from 'node:util';
import type { Context } from '../context.ts';
import { exitCodes, Failure } from '../failure.ts';
import { createStyle } from './style.ts';

/** Prints what was thrown on stderr and gives the exit code that belongs to it. */
export function reportFailure(context: Context, error: unknown): number {
  const failure = failureIn(error);
  context.stderr.write(failure ? describeFailure(context, failure) : describeFault(context, error));
  return failure ? exitCodes[failure.kind] : exitCodes.bug;
}

/** Node tells of an abort by an error of its own, with the signal's reason as its cause. */
function failureIn(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  return error instanceof Error && error.name === 'AbortError' ? failureIn(error.cause) : undefined;
}

function describeFailure(context: Context, { message, why, next }: Failure): string {
  const { program } = context;
  const style = createStyle(context.stderr, context.env);
  const lines = [
    `${style('red', 'error:')} ${message}`,
    ...why.flatMap((text) => text.split('\n')).map((line) => `  ${line}`),
    ...next.map((line) => `${style('cyan', 'next:')} ${asStartedHere(line, program)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Where a Failure is made it is not always known how dk was started: a command that can be pasted is known by the word behind it. */
function asStartedHere(line: string, program: string): string {
  return line.replaceAll(/(?<![\w./-])(?:npx )?dk (?=[a-z])/g, `${program} `);
}

/** With the stack, and with every cause and part of it. */
function describeFault(context: Context, error: unknown): string {
  const style = createStyle(context.stderr, context.env);
  const text = error instanceof Error ? inspect(error) : String(error);
  return `${style('red', 'error:')} this is a fault of dk, not yours\n${text}\n`;
}
