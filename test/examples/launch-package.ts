import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { CellRepository } from '../../src/cells/repository.ts';
import { formatRunSpec } from '../../src/launch/run-spec-file.ts';
import { loadValidPackage } from '../../src/package/load.ts';
import { resolveRun } from '../../src/resolve/resolve.ts';

interface Launched {
  /** Absolute path of the package. */
  readonly directory: string;
  /** The program that runs it, with its first arguments. */
  readonly command: readonly [string, ...string[]];
  /** Values of the `${KEY}`s in its `store/`. */
  readonly keys: Readonly<Record<string, string>>;
  readonly cell?: string;
  readonly cells?: CellRepository;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program with SIGTERM when it is aborted. */
  readonly stop?: AbortSignal;
}

const node = [process.execPath, 'src/main.mjs'] as const;
export const commands = { node, python: ['python3', '-B', 'src/main.py'] } as const;

/** Runs a package's program with just the variables and the run spec that dk promises; never rejects. */
export async function launchPackage({ directory, command, keys, cell, cells, env, stop }: Launched) {
  const run = await resolveRun(await loadValidPackage(directory, { cwd: directory }), {
    cell,
    cells: async () => cells ?? Promise.reject(new Error('no cell was expected')),
    keys: { env: keys, dotEnv: {}, local: undefined },
    reach: 'host',
  });
  const folder = await mkdtemp(join(tmpdir(), 'dk-example-'));
  try {
    const specFile = join(folder, 'run-spec.json');
    await writeFile(specFile, formatRunSpec('a-run', run), { mode: 0o600 });
    const [program, ...args] = command;
    const variables = { PATH: process.env['PATH'], ...run.variables, DK_RUN_SPEC: specFile, ...env };
    const child = execa(program, args, { cwd: directory, env: variables, extendEnv: false, reject: false });
    stop?.addEventListener('abort', () => child.kill('SIGTERM'));
    return await child;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The JSON at the end of the summary line. */
export function summaryOf(stdout: string): Record<string, unknown> {
  const line = stdout.split('\n').find((each) => each.includes(': {'));
  if (line === undefined) throw new Error(`no summary in ${JSON.stringify(stdout)}`);
  return JSON.parse(line.slice(line.indexOf('{')));
}
