import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const header = 'apiVersion: datakit.infoblox.dev/v1alpha1';

export const cellYaml = (name: string, namespace = `dk-${name}`) =>
  `${header}\nkind: Cell\nmetadata: {name: ${name}}\nspec: {namespace: ${namespace}}\n`;

export const storeYaml = (name: string, namespace?: string) =>
  `${header}\nkind: Store\nmetadata: {name: ${name}${namespace ? `, namespace: ${namespace}` : ''}}\nspec: {connector: x, connection: {a: b}}\n`;

/** Writes files under a folder, by their paths. */
export async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, dirname(name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}
