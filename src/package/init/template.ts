import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { TemplateRuntime } from './runtime.ts';

/** One file of a new package. */
export interface TemplateFile {
  /** Relative to the package's folder. */
  readonly path: string;
  readonly text: string;
}

/** The build copies the folder beside the bundle, so that the same URL holds there. */
const templates = fileURLToPath(new URL('./templates', import.meta.url));

/** The files of a runtime's template with its values filled in, sorted by path. */
export async function readTemplate(values: {
  readonly name: string;
  readonly runtime: TemplateRuntime;
}): Promise<readonly TemplateFile[]> {
  const parts = await Promise.all(['common', values.runtime].map((part) => readFolder(join(templates, part))));
  return parts
    .flat()
    .map(({ path, text }) => ({ path: realPath(path), text: fill(path, text, values) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readFolder(folder: string): Promise<readonly TemplateFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map(async (path) => ({ path: relative(folder, path), text: await readFile(path, 'utf8') })));
}

/** npm leaves `.gitignore` out of what it packs, and git would obey it here. */
function realPath(path: string): string {
  return path === 'gitignore' ? '.gitignore' : path;
}

function fill(path: string, text: string, values: { readonly name: string; readonly runtime: string }): string {
  // A package may be called 2024 or true: unquoted, YAML would read something else.
  const name = path.endsWith('.yaml') ? stringify(values.name).trimEnd() : values.name;
  return text.replaceAll('{{name}}', name).replaceAll('{{runtime}}', values.runtime);
}
