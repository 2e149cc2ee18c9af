import { platform } from 'node:os';
import type { Context } from '../context.ts';
import { Failure, reasonOf } from '../failure.ts';
import { type DockerEndpoint, formatEndpoint } from './docker-endpoint.ts';
import { run } from './exec.ts';

const withoutEngine = 'Without a container engine: dk dev up --engine embedded';

/** What a request threw, as what a user can do about it: the engine cannot be reached, or it refused. */
export async function dockerFailure(
  error: unknown,
  doing: string,
  endpoint: DockerEndpoint,
  env: Context['env'],
): Promise<Failure> {
  const code = codeOf(error);
  if (code === 'ENOENT' && !(await isInstalled(env))) return notInstalled(endpoint, error);
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return notRunning(endpoint, error);
  if (code === 'EACCES' || code === 'EPERM') return notPermitted(endpoint, error);
  if (statusOf(error) === undefined && code !== undefined) return notAnswering(endpoint, reasonOf(error), error);
  return new Failure('unhealthy', {
    what: `The container engine did not ${doing}`,
    why: reasonOf(error)
      .replace(/^\(HTTP code \d+\) /, '')
      .trim(),
    cause: error,
  });
}

/** The engine took a request and gave no answer in time. */
export function notAnswering(endpoint: DockerEndpoint, why: string, cause: unknown): Failure {
  return new Failure('prerequisite', {
    what: 'The container engine does not answer',
    why: `${whereOf(endpoint)}: ${why}`,
    next: [...startCommands(endpoint), withoutEngine],
    cause,
  });
}

/** The engine's answer as an HTTP status; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : undefined;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** A stopped engine may have no socket either; then at least its program is there. */
async function isInstalled(env: Context['env']): Promise<boolean> {
  return run('docker', ['--version'], { env, timeout: 5000 }).then(
    () => true,
    (error) => !(error instanceof Failure && error.kind === 'prerequisite'),
  );
}

function notInstalled(endpoint: DockerEndpoint, cause: unknown): Failure {
  return new Failure('prerequisite', {
    what: 'No container engine was found',
    why: `${whereOf(endpoint)}: there is no such socket, and no program docker on PATH`,
    next: ['Install Docker: https://docs.docker.com/engine/install/', withoutEngine],
    cause,
  });
}

function notRunning(endpoint: DockerEndpoint, cause: unknown): Failure {
  return new Failure('prerequisite', {
    what: 'The container engine is not running',
    why: `${whereOf(endpoint)}: nobody listens there`,
    next: [...startCommands(endpoint), withoutEngine],
    cause,
  });
}

function notPermitted(endpoint: DockerEndpoint, cause: unknown): Failure {
  return new Failure('prerequisite', {
    what: 'You may not use the container engine',
    why: `${whereOf(endpoint)}: permission denied`,
    next: ['sudo usermod -aG docker "$USER"   # then log out and in again', withoutEngine],
    cause,
  });
}

function startCommands(endpoint: DockerEndpoint): readonly string[] {
  const where = formatEndpoint(endpoint);
  if (where.includes('colima')) return ['colima start'];
  if (platform() === 'darwin' || where.includes('desktop')) return ['Start Docker Desktop'];
  if (/^unix:\/\/\/run\/user\//.test(where)) return ['systemctl --user start docker'];
  return ['sudo systemctl start docker', 'docker context ls   # where the engine is another one'];
}

function whereOf(endpoint: DockerEndpoint): string {
  return `${formatEndpoint(endpoint)} (${endpoint.from})`;
}
