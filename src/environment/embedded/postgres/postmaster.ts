import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProcessIdentity, run } from '../../../tools/exec.ts';
import { readIfThere } from '../../../tools/if-there.ts';
import { identityOf, workingDirectory } from '../../../tools/processes.ts';

/** A server that runs on a data folder, as it tells of itself in the file postmaster.pid. */
export interface Postmaster extends ProcessIdentity {
  readonly port: number;
  /** `starting` is also said while it recovers from a crash. */
  readonly status: 'starting' | 'ready' | 'stopping';
}

interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly status: Postmaster['status'];
}

/** The server that runs on this data folder, or why there is none. */
export async function findPostmaster(data: string): Promise<Postmaster | string> {
  const file = await readPidFile(data);
  if (file === undefined) return 'it is stopped';
  const identity = await identityOf(file.pid);
  if (identity === undefined) return `its process ${file.pid} is gone`;
  // The number may have been given to another program since; a postmaster works in its data folder.
  const directory = await workingDirectory(file.pid);
  if (directory !== (await realpath(data))) return `its process is gone, ${file.pid} is another program now`;
  return { ...identity, port: file.port, status: file.status };
}

/** Reads what a server tells of itself; undefined when there is no such file, or only its beginning yet. */
export async function readPidFile(data: string): Promise<PidFile | undefined> {
  const text = await readFile(pidFile(data), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const [pid = '', , , port = '', , , , status = ''] = text.split('\n').map((line) => line.trim());
  if (!/^\d+$/.test(pid)) return undefined;
  return { pid: Number(pid), port: Number(port), status: statusOf(status) };
}

/**
 * Removes the file of a server that is gone. PostgreSQL would do so too, but for a number that belongs to a zombie or
 * to another program by now. That backends of the old server still work on the data it notices by their shared memory.
 */
export async function removePidFile(data: string): Promise<void> {
  await rm(pidFile(data), { force: true });
}

/**
 * Removes what tells servers of one data folder apart, which a server that was killed leaves in the system's memory: a few
 * bytes that nobody would ever free once the folder is gone. Linux only.
 */
export async function removeLeftMemory(data: string): Promise<void> {
  const [, , , , , , memory = ''] = (readIfThere(pidFile(data)) ?? '').split('\n');
  const [key, id] = memory.trim().split(/\s+/).map(Number);
  const segments = readIfThere('/proc/sysvipc/shm')?.split('\n').slice(1) ?? [];
  const ours = segments
    .map((line) => line.trim().split(/\s+/).map(Number))
    // Of this key and number, and nobody is attached to it.
    .some(([itsKey, itsId, , , , , attached]) => itsKey === key && itsId === id && attached === 0);
  if (ours) await run('ipcrm', ['-m', `${id}`], { env: { PATH: '/usr/bin:/bin' } }).catch(() => undefined);
}

function pidFile(data: string): string {
  return join(data, 'postmaster.pid');
}

function statusOf(line: string): Postmaster['status'] {
  return line === 'ready' || line === 'stopping' ? line : 'starting';
}
