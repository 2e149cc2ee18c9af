import { readFile, realpath, stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';

const largest = 1024 * 1024;

/** The text of a manifest, or why it is refused. */
export type FileText = { readonly text: string } | { readonly refused: string };

/** Reads one manifest of a folder: a UTF-8 file of at most 1 MiB that really is in the folder. */
export async function readManifestFile(file: string, folder: string): Promise<FileText> {
  try {
    const [target, root] = await Promise.all([realpath(file), realpath(folder)]);
    if (relative(root, target).split(sep)[0] === '..')
      return { refused: 'is a link to a place outside of this folder' };
    const { size } = await stat(target);
    if (size > largest) return { refused: `has ${size} bytes; a manifest has at most ${largest}` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(target)) };
  } catch (error) {
    return { refused: reasonWhyUnreadable(error) };
  }
}

function reasonWhyUnreadable(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  switch (error.code) {
    case 'ENOENT':
      return 'is a link to nothing';
    case 'EISDIR':
      return 'is a folder, not a file';
    case 'EACCES':
    case 'EPERM':
      return 'cannot be read: permission denied';
    case 'ELOOP':
      return 'is a link to itself';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'is not UTF-8 text';
    default:
      throw error;
  }
}
