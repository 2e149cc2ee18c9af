import { PassThrough, Readable, Writable } from 'node:stream';
import type { Context } from '../../src/context.ts';
import { createSecretRegistry } from '../../src/report/redact.ts';

/** A context of its own for a test, with what was written to its streams. */
export function createTestContext(changed: Partial<Context> & { readonly stdinText?: string } = {}) {
  const stdout = capture();
  const stderr = capture();
  const { stdinText, ...others } = changed;
  const context: Context = {
    stdin: stdinText === undefined ? new PassThrough() : Readable.from([Buffer.from(stdinText)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: {},
    cwd: '/',
    uid: undefined,
    program: 'dk',
    entry: '/dk/bin.js',
    node: process.execPath,
    secrets: createSecretRegistry(),
    now: () => new Date('2024-05-06T07:08:09.010Z'),
    signal: new AbortController().signal,
    ...others,
  };
  return { context, stdout: stdout.text, stderr: stderr.text };
}

function capture() {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { stream, text: () => text };
}
