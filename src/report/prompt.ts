import { createInterface } from 'node:readline/promises';
import { addAbortSignal, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';

/** Asks yes or no on the terminal; without one it fails and names the flag that answers instead. */
export async function confirm(context: Context, question: string): Promise<boolean> {
  if (!isInteractive(context)) {
    throw new Failure('usage', {
      what: 'This needs a confirmation, and there is no terminal to ask on',
      why: question,
      next: 'Add --yes to confirm',
    });
  }
  const answer = await ask(context, `${question} [y/N] `, { echo: true });
  return /^y(es)?$/i.test(answer.trim());
}

/** Reads a value: from the terminal without echo, else all of stdin less its last newline. */
export async function readSecret(context: Context, prompt: string): Promise<string> {
  if (!isInteractive(context)) return (await readAll(context)).replace(/\r?\n$/, '');
  return ask(context, prompt, { echo: false });
}

function isInteractive(context: Context): boolean {
  return context.stdin.isTTY === true && context.stderr.isTTY === true;
}

/** One line from the terminal, empty when it is closed (Ctrl-D). */
async function ask(context: Context, prompt: string, { echo }: { readonly echo: boolean }): Promise<string> {
  const { stdin, stderr, signal } = context;
  signal.throwIfAborted();
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: echo ? stderr : mute, terminal: true, historySize: 0 });
  // Only now: before, the terminal itself would show what is typed.
  if (!echo) stderr.write(prompt);
  let shown = false;
  const answer = new Promise<string>((resolve, reject) => {
    // In raw mode Ctrl-C is a key and no signal.
    terminal.on('SIGINT', () => reject(new Failure('interrupted', { what: 'Interrupted' })));
    terminal.on('close', () => resolve(''));
    const onLine = (line: string) => {
      shown = echo;
      resolve(line);
    };
    terminal.question(prompt, { signal }).then(onLine, () => reject(signal.reason));
  });
  return answer.finally(() => {
    terminal.close();
    // Only a line that was typed to its end and shown has ended the prompt's own line.
    if (!shown) stderr.write('\n');
  });
}

async function readAll({ stdin, signal }: Context): Promise<string> {
  try {
    return await text(addAbortSignal(signal, stdin));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
