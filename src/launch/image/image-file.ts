import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A file or symbolic link on its way into an image. */
export type ImageFile = {
  /** Absolute, inside the image. */
  readonly path: string;
} & (
  | {
      readonly kind: 'file';
      /** Absolute, on this machine. */
      readonly source: string;
      readonly executable: boolean;
    }
  | { readonly kind: 'link'; readonly target: string }
);

/**
 * What stands below a folder, sorted; paths are relative to it. Folders of these names are not looked into.
 * Sockets and the like are left out.
 */
export async function listFiles(folder: string, skipped: ReadonlySet<string>): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      if (entry.isFile() || entry.isSymbolicLink()) return [entry.name];
      if (!entry.isDirectory() || skipped.has(entry.name)) return [];
      return (await listFiles(join(folder, entry.name), skipped)).map((path) => `${entry.name}/${path}`);
    }),
  );
  return lists.flat().sort();
}

/** A file or link as it is on this machine, for a path inside an image. */
export async function imageFile(source: string, path: string): Promise<ImageFile> {
  const found = await lstat(source);
  if (found.isSymbolicLink()) return { kind: 'link', path, target: await readlink(source) };
  return { kind: 'file', path, source, executable: (found.mode & 0o100) !== 0 };
}
