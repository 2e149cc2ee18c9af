import type { Context } from '../context.ts';
import { exitCodes, Failure } from '../failure.ts';
import { createStyle } from './style.ts';

/** Prints what was thrown on stderr and gives the exit code that belongs to it. */
export function reportFailure(context: Context, error: unknown): number {
  const style = createStyle(context.stderr, context.env);
  if (!(error instanceof Failure)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    context.stderr.write(`${style('red', 'error:')} this is a fault of dk, not yours\n${text}\n`);
    return exitCodes.bug;
  }
  context.stderr.write(`${style('red', 'error:')} ${error.message}\n`);
  for (const line of error.why.flatMap((text) => text.split('\n'))) context.stderr.write(`  ${line}\n`);
  for (const line of error.next) context.stderr.write(`${style('cyan', 'next:')} ${line}\n`);
  return exitCodes[error.kind];
}
