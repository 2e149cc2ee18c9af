import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, Loader, Plugin } from 'esbuild';
import { Failure, reasonOf } from '../../failure.ts';

const placeNames = {
  'import.meta.url': '__dkUrl',
  'import.meta.filename': '__dkFile',
  'import.meta.dirname': '__dkFolder',
  __filename: '__dkFile',
  __dirname: '__dkFolder',
};

/** Where a file of this machine will be when the bundle runs. */
type PlaceOf = (path: string) => string;

/**
 * Bundles a package's TypeScript into one module with its source map inside; returns the module's path.
 * With `placeOf`, the bundle is to run elsewhere, such as in an image.
 */
export async function bundleTypeScript(
  entry: string,
  directory: string,
  placeOf: PlaceOf = (path) => path,
): Promise<string> {
  const { build, formatMessages } = await loadCompiler();
  const outfile = join(directory, 'main.mjs');
  try {
    await build({
      entryPoints: [entry],
      outfile,
      // The package: comments in the bundle name files relative to it, the same ones wherever dk is started.
      absWorkingDir: dirname(dirname(entry)),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      // Explicitly none: by default esbuild would resolve to files meant for bundlers, which Node cannot load.
      conditions: [],
      define: placeNames,
      // CommonJS modules inside the bundle call require.
      banner: {
        js: "import { createRequire as dkRequire } from 'node:module'; const require = dkRequire(import.meta.url);",
      },
      plugins: [packagesStayOutside(placeOf), modulesKeepTheirPlace(placeOf)],
      logLevel: 'silent',
    });
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (!errors) throw error;
    const why = await formatMessages(errors, { kind: 'error' });
    throw new Failure('packageFailed', { what: `${entry} cannot be compiled`, why });
  }
  return outfile;
}

/** Only packages in TypeScript need it, so it is looked for when there is one. */
async function loadCompiler(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild');
  } catch (cause) {
    throw new Failure('prerequisite', {
      what: 'The package is written in TypeScript, and there is no compiler for it',
      why: reasonOf(cause),
      next: 'npm install --save-dev tsx',
      cause,
    });
  }
}

/** Imports of packages stay imports, by absolute path: from where the bundle lies, their names would not resolve. */
const packagesStayOutside = (placeOf: PlaceOf): Plugin => ({
  name: 'packages-stay-outside',
  setup(build) {
    const own = Symbol('own');
    build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, kind, importer, resolveDir }) => {
      if (pluginData === own || kind === 'entry-point' || path.startsWith('node:')) return undefined;
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: own });
      if (found.errors.length > 0 || found.external || !found.path.includes('/node_modules/')) return undefined;
      const place = placeOf(found.path);
      return { path: kind === 'require-call' ? place : pathToFileURL(place).href, external: true };
    });
  },
});

/** Files beside a module are found through `import.meta.url` or `__dirname`, which in a bundle would name the bundle. */
const modulesKeepTheirPlace = (placeOf: PlaceOf): Plugin => ({
  name: 'modules-keep-their-place',
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!/import\.meta|__dirname|__filename/.test(text)) return undefined;
      const place = placeOf(path);
      const names = { __dkUrl: pathToFileURL(place).href, __dkFile: place, __dkFolder: dirname(place) };
      const declarations = Object.entries(names).map(([name, value]) => `const ${name}=${JSON.stringify(value)};`);
      // On the first line, so that lines keep their numbers; a `#!` could not follow there.
      const contents = declarations.join('') + text.replace(/^#!/, '//');
      return { contents, loader: extname(path).replace(/^\.[cm]?/, '') as Loader };
    });
  },
});
