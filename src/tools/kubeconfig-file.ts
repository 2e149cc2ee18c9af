import { chmod, chown, readFile, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure, reasonOf } from '../failure.ts';
import { writeAtomically } from './atomic-file.ts';
import { cannotWrite, type LockOptions, withKubeconfigLock } from './kubeconfig-lock.ts';

/** A file's text; undefined where there is none. */
export async function readKubeconfig(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure('prerequisite', { what: `${file} cannot be read`, why: reasonOf(error), cause: error });
  }
}

/**
 * Changes a kubeconfig while its lock is held, which kubectl and others heed too; whether anything changed. The file keeps its
 * mode, its owner and the link that leads to it; text that becomes undefined is a file that goes away.
 */
export async function editKubeconfig(
  file: string,
  edit: (text: string | undefined) => string | undefined,
  options: LockOptions,
): Promise<boolean> {
  // A lock would need a folder that perhaps nobody needs.
  const before = await readKubeconfig(file);
  if (edit(before) === before) return false;
  const [changed, after] = await withKubeconfigLock(file, options, async () => {
    const text = await readKubeconfig(file);
    const wanted = edit(text);
    if (wanted === text) return [false, text];
    await (wanted === undefined ? rm(file) : write(file, wanted));
    return [true, wanted];
  });
  // The folder came with the file.
  if (changed && after === undefined) await rmdir(dirname(file)).catch(() => undefined);
  return changed;
}

async function write(file: string, text: string): Promise<void> {
  // A link may lead to nothing yet: then it is replaced.
  const target = await realpath(file).catch(() => file);
  const before = await stat(target).catch(() => undefined);
  // A folder that lets us replace it does not mean that we may.
  if (before && (before.mode & 0o222) === 0) throw cannotWrite(file, 'it is read-only');
  try {
    await writeAtomically(target, text);
    if (before) await chmod(target, before.mode & 0o7777);
    const { uid, gid } = await stat(target);
    if (before && (before.uid !== uid || before.gid !== gid)) await chown(target, before.uid, before.gid);
  } catch (error) {
    throw cannotWrite(file, reasonOf(error));
  }
}
