import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { findFreePort } from '../../src/tools/ports.ts';
import { onPath } from '../helpers/on-path.ts';

/** The registry of the CNCF distribution, and Helm, where this machine has them. */
export const registryProgram = onPath('registry');
export const helmProgram = onPath('helm');

/** A user of registries that ask for one; the hash is bcrypt's of the password. */
export const user = {
  name: 'publisher',
  password: 'a-password-of-the-tests',
  hash: '$2y$05$abcdefghijklmnopqrstuu6O/jaYCx8zhCexxqCBsInzagwRDBqGq',
};

interface RegistryWish {
  /** Its own `auth` section; `htpasswd` for the user above. */
  readonly auth?: 'htpasswd' | Readonly<Record<string, unknown>>;
  /** How many repositories a page of the catalogue has. */
  readonly pageLength?: number;
  /** PEM files. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A registry on a free loopback port, with nothing in it. */
export async function startRegistry({ auth, pageLength, tls }: RegistryWish = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'dk-registry-'));
  const port = await findFreePort(21_000 + Math.floor(Math.random() * 8000));
  const htpasswd = join(folder, 'htpasswd');
  writeFileSync(htpasswd, `${user.name}:${user.hash}\n`);
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}`, ...(tls && { tls }) },
    ...(pageLength && { catalog: { maxentries: pageLength } }),
    ...(auth && { auth: auth === 'htpasswd' ? { htpasswd: { realm: 'tests', path: htpasswd } } : auth }),
  };
  const file = join(folder, 'config.yml');
  // YAML takes JSON as it is.
  writeFileSync(file, JSON.stringify(config));
  const env = { OTEL_TRACES_EXPORTER: 'none' };
  const child = spawn(registryProgram ?? '', ['serve', file], { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const host = `127.0.0.1:${port}`;
  try {
    await vi.waitFor(() => connect(port), { timeout: 30_000, interval: 20 });
  } catch (error) {
    await close();
    throw error;
  }
  return { host, port, folder, close };
}

async function connect(port: number): Promise<void> {
  const { connect: open } = await import('node:net');
  const socket = open(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
