import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placesOfThisFile } from '../places.ts';

const open = placesOfThisFile();

test('TypeScript without tsx is bundled, its packages are not, and files beside a module are found', async () => {
  const place = await open({
    'src/main.ts': `
      import { readFileSync } from 'node:fs';
      import { deep } from './deep/module.ts';
      import esm from 'esm-only';
      import cjs = require('cjs-only');
      const text: string = readFileSync(new URL('./beside.txt', import.meta.url), 'utf8');
      console.log(text, deep satisfies string, esm, cjs, await Promise.resolve('awaited'));`,
    'src/beside.txt': 'beside',
    'src/deep/module.ts': `
      import { readFileSync } from 'node:fs';
      import { join } from 'node:path';
      export const deep: string = readFileSync(join(import.meta.dirname, 'deep.txt'), 'utf8');`,
    'src/deep/deep.txt': 'deep',
    'node_modules/esm-only/package.json': JSON.stringify({ type: 'module', exports: { import: './index.js' } }),
    'node_modules/esm-only/index.js': 'export default import.meta.url.endsWith("/node_modules/esm-only/index.js")',
    'node_modules/cjs-only/package.json': JSON.stringify({ main: 'index.js', module: 'for-bundlers.js' }),
    'node_modules/cjs-only/index.js': 'module.exports = __filename.endsWith("/node_modules/cjs-only/index.js")',
    'node_modules/cjs-only/for-bundlers.js': 'export default "not loadable by Node"',
  });
  await place.launch();
  expect(place.stderr()).toBe('');
  expect(place.stdout()).toBe('beside deep true true awaited\n');
});

test('a package may make a require of its own, and begin with the program that runs it', async () => {
  const place = await open({
    'src/main.ts': `#!/usr/bin/env -S node --import tsx
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      console.log(require('./data.json').name as string);`,
    'src/data.json': '{"name":"data"}',
  });
  await place.launch();
  expect(place.stderr()).toBe('');
  expect(place.stdout()).toBe('data\n');
});

test('a stack trace of bundled TypeScript names the lines of the source', async () => {
  const place = await open({
    'src/main.ts':
      'interface Wide {\n  readonly name: string;\n}\nconst fail = (wide: Wide) => {\n  throw new Error(wide.name);\n};\nfail({ name: "on line five" });\n',
  });
  const { record } = await place.launch();
  expect(record.exitCode).toBe(1);
  expect(place.stderr()).toMatch(/on line five/);
  expect(place.stderr()).toMatch(new RegExp(`${join(place.directory, 'src/main.ts')}:5`));
});

test('the bundle of a run is gone after it, and the package folder is as it was', async () => {
  const place = await open({ 'src/main.ts': 'console.log(process.argv[1])' });
  await place.launch();
  const bundle = place.stdout().trim();
  expect(bundle).toMatch(/\/private\/main\.mjs$/);
  await expect(readdir(join(bundle, '..'))).rejects.toThrow('ENOENT');
  expect(await readdir(place.directory, { recursive: true })).toEqual(['src', 'src/main.ts']);
});

test('TypeScript that does not compile says where', async () => {
  const place = await open({ 'src/main.ts': 'const x: number = ;\n' });
  const error = await place.launch().catch((thrown) => thrown);
  expect(error).toMatchObject({
    kind: 'packageFailed',
    message: `${join(place.directory, 'src/main.ts')} cannot be compiled`,
  });
  expect(error.why.join('\n')).toMatch(/src\/main\.ts:1:18/);
});

test('the tsx of the package is used where there is one', async () => {
  const hooks = `export async function load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const { readFile } = await import('node:fs/promises');
    return { format: 'module', shortCircuit: true, source: (await readFile(new URL(url), 'utf8')).replaceAll(': string', '') };
  }`;
  const place = await open({
    'src/main.ts': 'const how: string = import.meta.url;\nconsole.log(how);\n',
    'node_modules/tsx/package.json': JSON.stringify({ type: 'module', exports: './loader.mjs' }),
    'node_modules/tsx/hooks.mjs': hooks,
    'node_modules/tsx/loader.mjs': "import { register } from 'node:module'; register('./hooks.mjs', import.meta.url)",
  });
  await place.launch();
  expect(place.stderr()).toBe('');
  expect(place.stdout()).toMatch('/package/src/main.ts');
});
