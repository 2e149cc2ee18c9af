import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cellOf, storeOf } from './manifests.ts';
import { openTemporary } from './temporary.ts';

let at: Awaited<ReturnType<typeof openTemporary>>;
beforeEach(async () => {
  at = await openTemporary();
});
afterEach(() => at.close());

test('a process killed in the middle of writing leaves whole files only, and nothing in the way of the next', async () => {
  await at.cells.applyCell(cellOf('canary'));
  const writer = await bundleWriter();
  for (let round = 0; round < 6; round += 1) {
    const child = spawn(process.execPath, [writer, at.directory, at.secretsDirectory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await linesOf(child, 3 + round * 2);
    child.kill('SIGKILL');
    await once(child, 'exit');
    for (const { store } of await at.cells.stores('canary'))
      expect(store.spec.connection.first).toBe(store.spec.connection.last);
    const secret = await at.cells.secrets.read('canary', 'warehouse');
    expect(secret?.FIRST).toBe(secret?.LAST);
    expect(secret?.FIRST).toBeDefined();
  }
  expect(await at.cells.applyStore('canary', storeOf('afterwards'))).toBe('created');
  expect(await at.cells.deleteCell('canary')).toBe(true);
  expect((await readdir(at.root)).sort()).toEqual(['secrets', 'writer.mjs']);
  expect(await readdir(at.secretsDirectory)).toEqual([]);
});

/** A program that rewrites one Store and one Secret for ever, each value at both ends of half a megabyte. */
async function bundleWriter(): Promise<string> {
  const outfile = join(at.root, 'writer.mjs');
  const contents = `
    import { openFileCells } from './src/cells/files.ts';
    const [directory, secretsDirectory] = process.argv.slice(2);
    const cells = openFileCells({ where: 'test', directory, secretsDirectory });
    const filling = 'x'.repeat(500_000);
    for (let n = 0; ; n += 1) {
      const spec = { connector: 'postgres', connection: { first: n, filling, last: n } };
      const apiVersion = 'datakit.infoblox.dev/v1alpha1';
      await cells.applyStore('canary', { apiVersion, kind: 'Store', metadata: { name: 'warehouse' }, spec });
      await cells.secrets.set('canary', 'warehouse', { FIRST: String(n), filling, LAST: String(n) });
      console.log(n);
    }`;
  // The YAML library's CommonJS build asks for node's own modules by require.
  const banner = { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` };
  const stdin = { contents, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' } as const;
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile, banner, logLevel: 'error' });
  return outfile;
}

async function linesOf({ stdout }: ChildProcess, count: number): Promise<void> {
  if (!stdout) throw new Error('the writer has no output');
  let seen = 0;
  for await (const _ of createInterface({ input: stdout })) {
    seen += 1;
    if (seen === count) return;
  }
  throw new Error(`the writer ended after ${seen} of ${count} lines`);
}
