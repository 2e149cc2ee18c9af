import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles a program in TypeScript, which Node 20 cannot run as it is, into a temporary folder. */
export async function bundleProgram(entryPoint: string) {
  const folder = await mkdtemp(join(tmpdir(), 'dk-program-'));
  const program = join(folder, 'program.mjs');
  await build({
    entryPoints: [entryPoint],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
  });
  return { program, close: () => rm(folder, { recursive: true }) };
}
