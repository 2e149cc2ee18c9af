import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
/** Bytes; the largest tests together write less than half of it at a time. */
const plenty = 6 * 1024 ** 3;

/**
 * Lets the tests keep their files in memory where there is plenty: PostgreSQL's data folders, of which they make dozens,
 * take half as long there. An exhaustive run keeps to the disk, and so does one with a TMPDIR of its own.
 */
export default function setup() {
  if (process.env['TMPDIR'] !== undefined || process.env['DK_TEST_EXHAUSTIVE'] || !isUsable()) return;
  const folder = mkdtempSync(join(memory, 'dk-test-'));
  // As the system's own is: PostgreSQL may run as another user.
  chmodSync(folder, 0o1777);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function isUsable(): boolean {
  if (!existsSync('/proc/mounts')) return false;
  const mount = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, place]) => place === memory);
  const runsPrograms = mount !== undefined && !mount[3]?.split(',').includes('noexec');
  if (!runsPrograms) return false;
  const { bavail, bsize } = statfsSync(memory);
  return Math.min(bavail * bsize, freemem()) >= plenty;
}
