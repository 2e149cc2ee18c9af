// The two servers that are compared, each over a folder of its own on the same file system.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dk, home } from './measure.mjs';
import { keyPair } from './object-store-connection.mjs';

/** `dk object-store` of this tree, or of another build. */
export async function startOurs(name, program = dk) {
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = keyPair;
  return await start(name, (data, port) => ({
    file: process.execPath,
    args: [program, 'object-store', '--data', data, '--port', String(port)],
    env: { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY },
  }));
}

/** A single MinIO over a single folder, as it comes. */
export async function startMinio(name) {
  const { accessKeyId: MINIO_ROOT_USER, secretAccessKey: MINIO_ROOT_PASSWORD } = keyPair;
  return await start(name, (data, port) => ({
    file: 'minio',
    args: ['server', data, '--address', `127.0.0.1:${port}`, '--quiet'],
    env: { MINIO_ROOT_USER, MINIO_ROOT_PASSWORD, MINIO_BROWSER: 'off', MINIO_UPDATE: 'off' },
  }));
}

/** What MinIO says of its version; undefined where none is on PATH. */
export function minioVersion() {
  try {
    const [version, runtime] = execFileSync('minio', ['--version'], { encoding: 'utf8' }).split('\n');
    return `${version} (${runtime})`;
  } catch {
    return undefined;
  }
}

async function start(name, commandFor) {
  const port = await freePort();
  const data = join(home, name.replaceAll(/\W/g, '-'));
  mkdirSync(data, { mode: 0o700 });
  const { file, args, env } = commandFor(data, port);
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH, HOME: home, ...env },
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  await untilAlive(name, child, port);
  return {
    name,
    port,
    cpu: () => cpuTime(child.pid),
    resetPeak: () => resetPeak(child.pid),
    peak: () => peakMemory(child.pid),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function untilAlive(name, child, port) {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/minio/health/live`).catch(() => undefined);
    // MinIO is alive some time before it serves, and says so.
    if (answer?.ok && !answer.headers.has('x-minio-server-status')) return;
    await pause(100);
  }
  child.kill('SIGKILL');
  throw new Error(`${name} did not answer on port ${port} within 15 s`);
}

const ticksPerSecond = 100;

/** Seconds of CPU, of all its threads; NaN where the system does not tell in this way. */
function cpuTime(pid) {
  if (!existsSync(`/proc/${pid}/stat`)) return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** From here on the peak is what comes. */
function resetPeak(pid) {
  if (existsSync(`/proc/${pid}/clear_refs`)) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The most memory it had, in bytes; NaN where the system does not tell. */
function peakMemory(pid) {
  if (!existsSync(`/proc/${pid}/status`)) return Number.NaN;
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
