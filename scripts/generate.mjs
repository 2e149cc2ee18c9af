// Writes what is made from the schemas: the CRDs and the JSON Schemas for editors.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Beside the dependencies, which the bundle leaves outside.
const bundle = join(root, 'node_modules', '.cache', 'dk', `generate-${process.pid}.mjs`);

await build({
  absWorkingDir: root,
  entryPoints: ['src/manifest/generated-files.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
});
try {
  const { generatedFiles } = await import(pathToFileURL(bundle).href);
  for (const { path, text } of generatedFiles()) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    console.log(path);
  }
} finally {
  await rm(bundle, { force: true });
}
