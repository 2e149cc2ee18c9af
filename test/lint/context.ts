import { PassThrough } from 'node:stream';
import type { Context } from '../../src/context.ts';

/** A context whose output can be read back; commands under test touch nothing else of it. */
export function recordingContext(cwd: string, { terminal = false } = {}) {
  const [stdout, stderr] = [recorder(terminal), recorder(terminal)];
  const context: Context = {
    stdin: new PassThrough(),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { NO_COLOR: '1' },
    cwd,
    uid: undefined,
    program: 'dk',
    entry: '/dk.js',
    node: process.execPath,
    secrets: { add: () => {}, redact: (text) => text },
    now: () => new Date(0),
    signal: new AbortController().signal,
  };
  return { context, stdout: stdout.text, stderr: stderr.text };
}

function recorder(isTTY: boolean) {
  const chunks: Buffer[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
