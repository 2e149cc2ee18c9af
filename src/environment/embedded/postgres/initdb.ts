import { appendFile, chown, rm, writeFile } from 'node:fs/promises';
import { Failure } from '../../../failure.ts';
import { CommandFailure } from '../../../tools/command-failure.ts';
import { run } from '../../../tools/exec.ts';
import { scramVerifier } from '../../../tools/postgres-scram.ts';
import { onRoad, type Road } from './road.ts';
import type { Env } from './server-env.ts';

/** The role that owns the server. */
export const superuserName = 'postgres';

interface Wanted {
  /** Folder that is there and empty. */
  readonly data: string;
  readonly password: string;
  /** Gets all that initdb said, when it failed. */
  readonly log: string;
}

/** Fills a data folder whose superuser has this password. */
export async function initdb({ data, password, log }: Wanted, road: Road, env: Env, signal: AbortSignal) {
  const passwordFile = `${data}.password`;
  try {
    // Even this file holds only what lets the server recognise the password.
    await writeFile(passwordFile, await scramVerifier(password), { mode: 0o600 });
    if (road.user) for (const path of [data, passwordFile]) await chown(path, road.user.uid, road.user.gid);
    const { file, args, options } = onRoad(road, 'initdb', [...initdbArgs, `--pwfile=${passwordFile}`, '-D', data]);
    await run(file, args, { ...options, env, signal });
  } catch (error) {
    throw error instanceof CommandFailure ? await initdbFailed(error, log) : error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

const initdbArgs = [
  `--username=${superuserName}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // Sorts the same on every machine, and knows all of Unicode's letters.
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--data-checksums',
  '--no-instructions',
  // A server for one developer and some 50 cells; in postgresql.conf, so that its owner can change them.
  // Shared memory lies in the data folder, so that a server that was killed leaves none behind once that is deleted.
  ...['max_connections=200', 'shared_buffers=64MB', 'log_checkpoints=off', 'dynamic_shared_memory_type=mmap'].flatMap(
    (setting) => ['--set', setting],
  ),
];

async function initdbFailed(error: CommandFailure, log: string): Promise<Failure> {
  const { kind, stdout, stderr } = error;
  const [command = ''] = error.why;
  await appendFile(log, `${[command, stdout, stderr].join('\n').trimEnd()}\n`, { mode: 0o600 });
  return new Failure(kind, {
    what: 'initdb could not make the data folder of PostgreSQL',
    why: complaintIn(`${stdout}\n${stderr}`) ?? error.message,
    next: [`cat ${log}`, 'Once that is mended, the same command goes on from there'],
    cause: error,
  });
}

/** The line that tells the cause: what comes after it only says that initdb gives up, and tidies. */
function complaintIn(said: string): string | undefined {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const complaints = lines.flatMap((line) => /\b(?:FATAL|PANIC|ERROR|error): +(.+)/.exec(line)?.[1] ?? []);
  return complaints.at(-1) ?? lines.filter((line) => !afterwards.test(line)).at(-1);
}

const afterwards = /^child process |^initdb: (?:removing|data directory|WAL directory) /;
