import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { runSpecFolder, runSpecPath } from './run-spec-mount.ts';

/** A run spec as a tar archive for the root of a container, for one user's eyes, or for all inside where that is not known. */
export async function archiveRunSpec(text: string, reader: number | undefined): Promise<Buffer> {
  const owner = { uid: reader ?? 0, gid: reader ?? 0 };
  const known = reader !== undefined;
  const tar = pack();
  tar.entry({ ...owner, name: runSpecFolder.slice(1), type: 'directory', mode: known ? 0o500 : 0o555 });
  tar.entry({ ...owner, name: runSpecPath.slice(1), mode: known ? 0o400 : 0o444 }, text);
  tar.finalize();
  return buffer(tar);
}
