import { PassThrough } from 'node:stream';
import type { Context } from '../../src/context.ts';
import { createSecretRegistry, RedactingStream } from '../../src/report/redact.ts';

interface Given {
  readonly home: string;
  readonly cwd?: string;
  /** What stands on stdin; typed on a terminal with `terminal`. */
  readonly input?: string;
  readonly terminal?: boolean;
}

/** A Context as bin.ts makes it, whose output can be read. */
export function commandContext({ home, cwd = home, input = '', terminal = false }: Given) {
  const [stdin, out, err] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const texts = { stdout: '', stderr: '' };
  out.on('data', (chunk) => (texts.stdout += chunk));
  err.on('data', (chunk) => (texts.stderr += chunk));
  // A terminal stays open when a line has been typed.
  if (terminal) stdin.write(input);
  else stdin.end(input);
  const secrets = createSecretRegistry();
  const context: Context = {
    stdin: Object.assign(stdin, { isTTY: terminal }),
    stdout: new RedactingStream(Object.assign(out, { isTTY: terminal }), secrets),
    stderr: new RedactingStream(Object.assign(err, { isTTY: terminal }), secrets),
    env: { HOME: home },
    cwd,
    uid: undefined,
    program: 'dk',
    entry: '/nowhere',
    node: process.execPath,
    secrets,
    now: () => new Date(),
    signal: new AbortController().signal,
  };
  return { context, texts };
}
