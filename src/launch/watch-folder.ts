import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';

/** What changes without anybody having edited the package: it is installed, compiled, or written by a run or an editor. */
const ignored = /^(\.(?!env$).*|node_modules|dist|target|logs|dbt_packages|__pycache__|.*\.(pyc|log|tmp)|.*~|4913)$/;

interface Listener {
  /** Hears the path of each file or folder that was made, changed or removed. */
  onChange(path: string): void;
  onError(error: unknown): void;
}

/**
 * Watches a folder and all below it until `close`.
 * One watcher for each folder: the recursive one cannot leave node_modules and .venv out.
 */
export async function watchFolder(root: string, { onChange, onError }: Listener): Promise<{ close(): void }> {
  const watchers = new Map<string, FSWatcher>();
  let closed = false;
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const add = async (folder: string): Promise<void> => {
    if (!(await isFolder(folder)) || closed) return;
    watchers.set(
      folder,
      openWatcher(folder, onError, (kind, name) => onEvent(kind, join(folder, name))),
    );
    await Promise.all((await subfolders(folder)).map(add));
  };
  const onEvent = (kind: string, path: string) => {
    onChange(path);
    if (kind !== 'rename') return;
    forget(path);
    add(path).catch(onError);
  };
  await add(root);
  const close = () => {
    closed = true;
    [...watchers.keys()].forEach(forget);
  };
  return { close };
}

function openWatcher(
  folder: string,
  onError: Listener['onError'],
  onEvent: (kind: string, name: string) => void,
): FSWatcher {
  try {
    const watcher = watch(folder, (kind, name) => {
      if (name !== null && !ignored.test(name)) onEvent(kind, name);
    });
    return watcher.on('error', onError);
  } catch (cause) {
    if (!['ENOSPC', 'EMFILE'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    throw new Failure('prerequisite', {
      what: `${folder} cannot be watched`,
      why: 'The system allows no more watched folders',
      next: 'sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512',
      cause,
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function subfolders(folder: string): Promise<string[]> {
  // A folder may be gone again by now.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !ignored.test(entry.name))
    .map(({ name }) => join(folder, name));
}
