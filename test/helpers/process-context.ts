import type { Context } from '../../src/context.ts';
import { createSecretRegistry } from '../../src/report/redact.ts';

/** The context of a small program of the tests, as dk's own program makes it of its process. */
export function contextOfProcess(signal: AbortSignal): Context {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    uid: process.getuid?.(),
    program: 'dk',
    entry: process.argv[1] ?? '',
    node: process.execPath,
    secrets: createSecretRegistry(),
    now: () => new Date(),
    signal,
  };
}
