import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { platform } from 'node:os';
import { basename } from 'node:path';
import { Failure } from '../failure.ts';
import { run } from './exec.ts';
import { allPids } from './proc-stat.ts';

const loopbacks = ['127.0.0.1', '::1'];

/** The first port from `from` upwards that is free on this machine and not in `exclude`. */
export async function findFreePort(from: number, exclude: ReadonlySet<number> = new Set()): Promise<number> {
  const last = Math.min(from + 1999, 65_535);
  for (let port = from; port <= last; port += 1) {
    if (!exclude.has(port) && (await isFree(port))) return port;
  }
  throw new Failure('conflict', {
    what: `No free port between ${from} and ${last}`,
    next: platform() === 'linux' ? 'ss -ltnp' : 'lsof -nP -iTCP -sTCP:LISTEN',
  });
}

/**
 * Whether nobody listens on the port, be it on a loopback address or on all addresses.
 * Binding alone would not tell: macOS lets 127.0.0.1 be bound beside a listener on 0.0.0.0, and an engine
 * may forward a port by a packet filter, with no listener at all. Connecting alone would miss a full backlog.
 */
export async function isFree(port: number): Promise<boolean> {
  for (const host of loopbacks) {
    if (!(await canBind(host, port)) || (await answers(host, port))) return false;
  }
  return true;
}

/** Who listens on a port, as far as we may see; undefined when it cannot be told. */
export async function portHolder(port: number): Promise<{ pid: number; program: string } | undefined> {
  return platform() === 'linux' ? holderByProc(port) : holderByLsof(port);
}

function canBind(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // Where there is no IPv6 its address is not available, which is not "taken"; a port below 1024 is.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE' && code !== 'EACCES'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 500 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

async function holderByProc(port: number) {
  const sockets = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => listeningInodes(table, port)))).flat());
  for (const pid of sockets.size === 0 ? [] : allPids()) {
    if (await holdsOneOf(pid, sockets)) {
      // Not the file `comm`: newer Nodes call themselves MainThread there.
      const program = await readlink(`/proc/${pid}/exe`).catch(() => 'unknown');
      return { pid, program: basename(program) };
    }
  }
  return undefined;
}

async function listeningInodes(table: string, port: number): Promise<string[]> {
  const listening = '0A';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile(`/proc/net/${table}`, 'latin1').catch(() => '')).split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === listening)
    .map((fields) => `socket:[${fields[9]}]`);
}

async function holdsOneOf(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  // Of other users' processes, and of those that ended meanwhile, there is nothing to read.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return links.some((link) => sockets.has(link));
}

async function holderByLsof(port: number) {
  const env = { PATH: '/usr/sbin:/usr/bin:/bin' };
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const { stdout } = await run('lsof', args, { env }).catch(() => ({ stdout: '' }));
  const [, pid, program] = /^p(\d+)\nc(.*)$/m.exec(stdout) ?? [];
  return pid === undefined || program === undefined ? undefined : { pid: Number(pid), program };
}
