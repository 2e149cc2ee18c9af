import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { Failure, reasonOf } from '../failure.ts';

type Env = Context['env'];

/** Where an engine listens on this machine, and who says so. */
export type DockerEndpoint = { readonly from: string } & (
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number }
);

/** Finds the engine as the docker CLI does: DOCKER_HOST, else the current context, else the usual socket. */
export async function findDockerEndpoint(env: Env): Promise<DockerEndpoint> {
  if (env['DOCKER_HOST']) return parseEndpoint(env['DOCKER_HOST'], 'DOCKER_HOST');
  const folder = env['DOCKER_CONFIG'] || join(env['HOME'] || userInfo().homedir, '.docker');
  const context = env['DOCKER_CONTEXT'] || (await currentContext(folder));
  if (!context || context === 'default') return { socketPath: '/var/run/docker.sock', from: 'the default' };
  return parseEndpoint(await hostOfContext(folder, context), `docker context ${context}`);
}

/** The engine's address as DOCKER_HOST would have it. */
export function formatEndpoint(endpoint: DockerEndpoint): string {
  return 'socketPath' in endpoint ? `unix://${endpoint.socketPath}` : `tcp://${endpoint.host}:${endpoint.port}`;
}

function parseEndpoint(address: string, from: string): DockerEndpoint {
  const [, socketPath] = /^unix:\/\/(\/.+)$/.exec(address) ?? [];
  if (socketPath !== undefined) return { socketPath, from };
  const [, host, port] = /^(?:tcp|http):\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\]):(\d+)\/?$/.exec(address) ?? [];
  if (host !== undefined) return { host: host.replace(/[[\]]/g, ''), port: Number(port), from };
  throw new Failure('prerequisite', {
    what: `dk cannot use the container engine at ${address}`,
    why: `${from} names it; dk needs an engine on this machine, over a unix socket or plain tcp, since it publishes ports on 127.0.0.1`,
    next: ['docker context ls', 'export DOCKER_HOST=unix:///var/run/docker.sock'],
  });
}

async function currentContext(folder: string): Promise<string | undefined> {
  const config = await readJson(join(folder, 'config.json'));
  return typeof config?.['currentContext'] === 'string' ? config['currentContext'] : undefined;
}

async function hostOfContext(folder: string, context: string): Promise<string> {
  const id = createHash('sha256').update(context).digest('hex');
  const file = join(folder, 'contexts', 'meta', id, 'meta.json');
  const meta = (await readJson(file)) as { Endpoints?: { docker?: { Host?: unknown } } } | undefined;
  const host = meta?.Endpoints?.docker?.Host;
  if (typeof host === 'string') return host;
  throw new Failure('prerequisite', {
    what: `The docker context ${context} does not exist`,
    why: `${file} names no engine`,
    next: ['docker context ls', 'docker context use default'],
  });
}

async function readJson(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Failure('prerequisite', { what: `${file} cannot be read`, why: reasonOf(error), next: `cat ${file}` });
  }
}
