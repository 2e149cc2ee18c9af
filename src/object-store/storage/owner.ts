import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Another server is using the data folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
  readonly code = 'FOLDER_IN_USE';

  constructor(folder: string) {
    super(`another server is using ${folder}`);
  }
}

/**
 * Makes this process the only one that uses the folder, by a Unix socket in it: unlike a file with a
 * process id, it cannot outlive its owner or name a stranger. FolderInUseError if there is an owner.
 */
export async function takeFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const path = socketPath(resolve(folder));
  const server = createServer((socket) => socket.destroy());
  if (!(await canListen(server, path))) {
    if (await isAnswered(path)) throw new FolderInUseError(folder);
    await rm(path, { force: true });
    if (!(await canListen(server, path))) throw new FolderInUseError(folder);
  }
  // A question that cannot be answered for want of file descriptors is one less.
  server.on('error', () => undefined).unref();
  return { release: () => new Promise((done) => server.close(() => done())) };
}

/** The system's limit for such paths is 104 bytes or a little more; a longer one would be cut off unnoticed. */
function socketPath(folder: string): string {
  const path = join(folder, 'server.sock');
  if (Buffer.byteLength(path) <= 100) return path;
  return join(tmpdir(), `object-store-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}.sock`);
}

/** False where the path is taken, by the living or the dead. */
async function canListen(server: Server, path: string): Promise<boolean> {
  return await new Promise((done, fail) => {
    const onError = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(false) : fail(error));
    server.once('error', onError);
    server.listen(path, () => {
      server.off('error', onError);
      done(true);
    });
  });
}

async function isAnswered(path: string): Promise<boolean> {
  return await new Promise((done) => {
    const socket = connect(path);
    socket
      .once('connect', () => done(true))
      .once('error', () => done(false))
      .once('close', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}
