import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { findFreePort } from '../../src/tools/ports.ts';
import { onPath } from '../helpers/on-path.ts';

/** MinIO's program, where this machine has it. */
export const minioProgram = onPath('minio');

/** A MinIO server on a free port, with nothing in it. */
export async function startMinio(program: string) {
  const folder = mkdtempSync(join(tmpdir(), 'dk-minio-'));
  const port = await findFreePort(21_000 + Math.floor(Math.random() * 8000));
  const key = { accessKeyId: 'rootrootroot', secretAccessKey: 'secret-of-the-root' };
  const env = { HOME: folder, MINIO_ROOT_USER: key.accessKeyId, MINIO_ROOT_PASSWORD: key.secretAccessKey };
  const child = spawn(program, ['server', folder, `--address=127.0.0.1:${port}`], { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await vi.waitFor(() => answersReady(endpoint), { timeout: 30_000, interval: 20 });
  } catch (error) {
    await close();
    throw error;
  }
  return { root: { endpoint, region: 'us-east-1', ...key }, close };
}

/** Only this of its addresses waits until the users' keys are read. */
async function answersReady(endpoint: string): Promise<void> {
  const { ok, status, body } = await fetch(`${endpoint}/minio/health/cluster`);
  await body?.cancel();
  if (!ok) throw new Error(`MinIO is not ready: HTTP ${status}`);
}
