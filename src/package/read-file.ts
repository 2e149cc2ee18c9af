import { readFileSync, realpathSync, statSync } from 'node:fs';
import { relative, sep } from 'node:path';

const largest = 1024 * 1024;

/** The text of a manifest, or why it is refused. */
export type FileText = { readonly text: string } | { readonly refused: string };

/**
 * Reads one manifest of a folder: a UTF-8 file of at most 1 MiB that really is in the folder. At once, since handing such
 * a file to another thread takes ten times as long as reading it.
 */
export function readManifestFile(file: string, folder: string): FileText {
  try {
    const target = realpathSync.native(file);
    if (relative(realpathSync.native(folder), target).split(sep)[0] === '..')
      return { refused: 'is a link to a place outside of this folder' };
    const stats = statSync(target);
    // A pipe or a device might never end.
    if (!stats.isFile()) return { refused: stats.isDirectory() ? 'is a folder, not a file' : 'is not a regular file' };
    const { size } = stats;
    if (size > largest) return { refused: `has ${size} bytes; a manifest has at most ${largest}` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(target)) };
  } catch (error) {
    return { refused: reasonWhyUnreadable(error) };
  }
}

function reasonWhyUnreadable(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  switch (error.code) {
    case 'ENOENT':
      return 'is a link to nothing';
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
