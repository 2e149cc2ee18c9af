import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
/** The program as this test run built it. */
export const entry = process.env['DK_TEST_ENTRY'] ?? join(repository, 'dist/bin.js');

/** What a command did, seen from outside. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** A home of its own for dk, as a new user has one: nothing of the machine's own environments is seen or touched. */
export interface Home {
  readonly directory: string;
  readonly state: string;
  /** Runs the built program to its end. */
  dk(args: readonly string[], options?: Options): Promise<Ran>;
  /** The same, for a result in JSON; throws with all output when the command fails. */
  json(args: readonly string[], options?: Options): Promise<Record<string, unknown>>;
  start(args: readonly string[], options?: Options): ChildProcess;
  /** Removes every environment that the test made, and the folder. */
  close(): Promise<void>;
}

/** Its environments are embedded, whatever the machine has, unless `env` says otherwise. */
export function makeHome(always: Readonly<Record<string, string>> = {}): Home {
  const directory = mkdtempSync(join(tmpdir(), 'dk-home-'));
  const start = (args: readonly string[], { cwd = directory, env = {} }: Options = {}) =>
    spawn(process.execPath, [entry, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: directory, LANG: 'C.UTF-8', DK_ENGINE: 'embedded', ...always, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const dk = async (args: readonly string[], options: Options = {}) => {
    const child = start(args, options);
    child.stdin?.end(options.input ?? '');
    return collect(child);
  };
  return {
    directory,
    state: join(directory, '.local/state/dk'),
    dk,
    start,
    async json(args, options) {
      const ran = await dk([...args, '-o', 'json'], options);
      if (ran.code !== 0) throw new Error(`dk ${args.join(' ')}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`);
      return JSON.parse(ran.stdout) as Record<string, unknown>;
    },
    async close() {
      const environments = join(directory, '.local/state/dk/environments');
      for (const name of existsSync(environments) ? readdirSync(environments) : []) {
        await dk(['dev', 'down', '--delete', '--yes', '--env', name]);
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** All output and the exit code of a child. */
export async function collect(child: ChildProcess): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
