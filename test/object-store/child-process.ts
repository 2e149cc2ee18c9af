import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { root, temporaryFolder } from './serving.ts';

/** The server as a program in one file, as it is shipped. Removed when the test is over. */
export async function bundleChild(): Promise<string> {
  const outfile = join(await temporaryFolder(), 'child.mjs');
  const entryPoints = [join(import.meta.dirname, 'server-program.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
  return outfile;
}

/** Starts the program over a folder. Killed when the test is over. */
export async function startChild(program: string, dataDirectory: string) {
  const options = JSON.stringify({ dataDirectory, port: 0, rootKey: root });
  const child = spawn(process.execPath, [program, options], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextNumber = async () => Number((await lines.next()).value);
  const port = await nextNumber();
  if (Number.isNaN(port)) throw new Error('the server ended before it told its port');
  return {
    port,
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
  };
}
