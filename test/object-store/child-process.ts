import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import type { ObjectStoreOptions } from '../../src/object-store/server.ts';
import { root, temporaryFolder } from './serving.ts';

/** The server as a program in one file, as it is shipped. Removed when the test is over. */
export async function bundleChild(): Promise<string> {
  const outfile = join(await temporaryFolder(), 'child.mjs');
  const entryPoints = [join(import.meta.dirname, 'server-program.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
  return outfile;
}

/** What a child is started with besides its program and folder. */
interface ChildOptions {
  readonly server?: Partial<Omit<ObjectStoreOptions, 'log' | 'now'>>;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Of another program that starts Node and passes its arguments on. */
  readonly command?: readonly string[];
}

/** Starts the program over a folder. Killed when the test is over. */
export async function startChild(program: string, dataDirectory: string, options: ChildOptions = {}) {
  const { child, log } = spawnChild(program, dataDirectory, options);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextNumber = async () => Number((await lines.next()).value);
  const port = await nextNumber();
  if (Number.isNaN(port)) throw new Error(`the server ended before it told its port: ${log.join('\n')}`);
  return {
    port,
    pid: child.pid ?? Number.NaN,
    /** The lines that it logged. */
    log,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    /** Resident memory, in bytes. */
    memory: async () => {
      child.stdin.write('\n');
      return await nextNumber();
    },
    kill: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    /** Lets it end by itself. */
    leave: async () => {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}

/** A server that is killed so many milliseconds after its start, whatever it is at. */
export async function startAndKill(program: string, dataDirectory: string, after: number): Promise<void> {
  const { child } = spawnChild(program, dataDirectory, {});
  const exited = once(child, 'exit');
  setTimeout(() => child.kill('SIGKILL'), after);
  await exited;
}

function spawnChild(program: string, dataDirectory: string, { server, cwd, env, command = [] }: ChildOptions) {
  const options = JSON.stringify({ dataDirectory, port: 0, rootKey: root, ...server });
  const [file = '', ...args] = [...command, process.execPath, program, options];
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], cwd, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const log: string[] = [];
  createInterface(child.stderr).on('line', (line) => log.push(line));
  return { child, log };
}
