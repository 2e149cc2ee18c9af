import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';

/** Asks yes or no on the terminal; without one it fails and names the flag that answers instead. */
export async function confirm(context: Context, question: string): Promise<boolean> {
  if (!isInteractive(context)) {
    throw new Failure('usage', { what: `${question} There is no terminal to ask on`, next: 'Add --yes to confirm' });
  }
  const answer = await askOn(context, `${question} [y/N] `, context.stderr);
  return /^y(es)?$/i.test(answer.trim());
}

/** Reads a value: from the terminal without echo, else all of stdin less its last newline. */
export async function readSecret(context: Context, prompt: string): Promise<string> {
  if (!isInteractive(context)) return (await readAll(context)).replace(/\r?\n$/, '');
  await new Promise((resolve) => context.stderr.write(prompt, resolve));
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await askOn(context, '', mute);
  context.stderr.write('\n');
  return answer;
}

export function isInteractive(context: Context): boolean {
  return context.stdin.isTTY === true && context.stderr.isTTY === true;
}

async function askOn(context: Context, prompt: string, output: Writable): Promise<string> {
  const terminal = createInterface({ input: context.stdin, output, terminal: true });
  try {
    return await terminal.question(prompt, { signal: context.signal });
  } finally {
    terminal.close();
  }
}

async function readAll(context: Context): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of context.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
