import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles entry.ts, which Node 20 cannot run as it is. */
export async function buildEntry() {
  const folder = await mkdtemp(join(tmpdir(), 'dk-entry-'));
  const outfile = join(folder, 'entry.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./entry.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Addons that ssh2 does without.
    external: ['*.node'],
    banner: {
      js: [
        "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);",
        "const __filename = require('node:url').fileURLToPath(import.meta.url);",
        "const __dirname = require('node:path').dirname(__filename);",
      ].join(' '),
    },
  });
  return { entry: outfile, close: () => rm(folder, { recursive: true }) };
}
