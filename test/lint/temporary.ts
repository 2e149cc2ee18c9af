import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const packages = fileURLToPath(new URL('../fixtures/packages/', import.meta.url));

/** Absolute path of a package among the fixtures. */
export const fixture = (name: string) => join(packages, name);

/** A folder with these files, gone after the test; may begin as a copy of a fixture. */
export async function temporaryFolder(files: Readonly<Record<string, string>>, from?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dk-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  if (from !== undefined) await cp(fixture(from), folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}
