import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';
import { kill, pid as ourPid } from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  openPostgres,
  type Postgres,
  type PostgresOptions,
} from '../../../../src/environment/embedded/postgres/postgres.ts';
import { withPostgres } from '../../../../src/tools/postgres.ts';
import { identityOf, isAlive, processesIn } from '../../../../src/tools/processes.ts';
import { ranReal } from '../../../helpers/facts.ts';
import { eventually } from '../../../tools/eventually.ts';
import { freePort, newOptions, newPostgres, newProgress } from './temporary.ts';

let options: PostgresOptions;
let postgres: Postgres;
let remove: () => Promise<void>;
const data = () => join(options.directory, 'data');

beforeAll(async () => {
  ({ options, remove } = await newOptions());
  postgres = openPostgres(options);
  await postgres.initialise(newProgress());
});
afterAll(() => remove());

async function query<Row>(sql: string): Promise<Row[]> {
  return withPostgres(await postgres.superuser(), async (client) => (await client.query(sql)).rows);
}

async function runningPid(): Promise<number> {
  const state = await postgres.state();
  if (!state.running) throw new Error(state.reason);
  return state.pid;
}

describe('a server that runs', () => {
  beforeEach(() => postgres.start(newProgress()));

  test('it is of the environment, durable, and listens on loopback only', async () => {
    const [settings] = await query(`SELECT current_setting('cluster_name') AS name, current_setting('port') AS port,
      current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
      current_setting('fsync') AS fsync, current_setting('data_checksums') AS checksums,
      current_setting('server_encoding') AS encoding, upper('é') AS upper`);
    expect(settings).toEqual({
      name: `dk-${options.environmentId}`,
      port: String(options.port),
      addresses: '127.0.0.1',
      sockets: '',
      fsync: 'on',
      checksums: 'on',
      encoding: 'UTF8',
      upper: 'É',
    });
    const version = await postgres.version();
    expect(version).toMatch(/^17\.\d+$/);
    ranReal('PostgreSQL', version);
  });

  test('it leads a session of its own, so that it outlives us', async () => {
    const { stdout } = await ps(await runningPid(), 'pid=,sess=');
    const [pid, session] = stdout.trim().split(/\s+/);
    expect(session).toBe(pid);
  });

  test('nobody logs in without a password', async () => {
    const { password: _, ...anonymous } = await postgres.superuser();
    await expect(withPostgres(anonymous, async () => {})).rejects.toMatchObject({ kind: 'unhealthy' });
  });

  test('files are for us alone, and nothing is left of the password file', async () => {
    expect((await stat(options.directory)).mode & 0o777).toBe(0o700);
    expect((await stat(postgres.logFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(options.directory, 'cluster.json'))).mode & 0o777).toBe(0o600);
    expect((await readdir(options.directory)).sort()).toEqual(['cluster.json', 'data', 'postgres.log']);
  });

  test('starting or initialising once more changes nothing', async () => {
    const before = await runningPid();
    const { password } = await postgres.superuser();
    await postgres.initialise(newProgress());
    await postgres.start(newProgress());
    expect(await runningPid()).toBe(before);
    expect((await postgres.superuser()).password).toBe(password);
  });

  test('it stops with sessions open, and says so afterwards', async () => {
    const pid = await runningPid();
    const asleep = query('SELECT pg_sleep(60)');
    const ended = expect(asleep).rejects.toThrow();
    await eventually(() => query(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).toHaveLength(1);
    await postgres.stop();
    await ended;
    expect(await postgres.state()).toEqual({ running: false, reason: 'it is stopped' });
    expect(await identityOf(pid)).toBeUndefined();
    await postgres.stop();
  });

  test('rows that were committed survive kill -9', async () => {
    await query('CREATE TABLE IF NOT EXISTS kept (n int)');
    await query('INSERT INTO kept SELECT generate_series(1, 1000)');
    const pid = await runningPid();
    kill(pid, 'SIGKILL');
    await eventually(async () => (await postgres.state()).running).toBe(false);
    await postgres.start(newProgress());
    expect(await query('SELECT count(*)::int FROM kept')).toEqual([{ count: 1000 }]);
    expect(await runningPid()).not.toBe(pid);
  }, 30_000);

  test.skipIf(platform() !== 'linux')(
    'a query that outlives a killed server does not hold up the next start',
    async () => {
      const pid = await runningPid();
      const busy = query('SELECT count(*) FROM generate_series(1, 1000000000) a');
      const broken = expect(busy).rejects.toThrow();
      await eventually(() => query(`SELECT FROM pg_stat_activity WHERE query LIKE '%1000000000) a'`)).toHaveLength(1);
      kill(pid, 'SIGKILL');
      await eventually(async () => (await postgres.state()).running).toBe(false);
      const orphans = await processesIn(data(), 'postgres');
      expect(orphans.length).toBeGreaterThan(0);
      const progress = newProgress();
      await postgres.start(progress);
      await broken;
      expect(progress.said).toContain('ending the last processes of a server that was killed');
      expect(await Promise.all(orphans.map(isAlive))).not.toContain(true);
    },
  );

  test('a changed port holds from the next start, and until then the server counts as not running', async () => {
    const moved = openPostgres({ ...options, port: await freePort() });
    expect(await moved.state()).toMatchObject({
      running: false,
      reason: expect.stringContaining(`port ${options.port}`),
    });
    await moved.start(newProgress());
    expect(await moved.state()).toMatchObject({ running: true });
    await withPostgres(await moved.superuser(), async () => {});
    expect(await postgres.state()).toMatchObject({ running: false });
  });

  test('a server that is starting already is waited for, not started twice', async () => {
    await postgres.stop();
    const controller = new AbortController();
    const interrupted = postgres.start(newProgress(controller.signal));
    // A server that is quick serves before it can be interrupted.
    const ended = interrupted.catch((error: Error) => expect(error.message).toBe('Ctrl-C'));
    await eventually(() => readFile(join(data(), 'postmaster.pid'), 'utf8').catch(() => '')).not.toBe('');
    controller.abort(new Error('Ctrl-C'));
    await ended;
    const [pid] = (await readFile(join(data(), 'postmaster.pid'), 'utf8')).split('\n');
    await postgres.start(newProgress());
    expect(await runningPid()).toBe(Number(pid));
  });
});

describe('a server that does not run', () => {
  beforeEach(() => postgres.stop());

  test('a stale postmaster.pid with the number of another program neither blocks the start nor harms that program', async () => {
    const stranger = spawn('sleep', ['60']);
    onTestFinished(() => void stranger.kill());
    const lines = [stranger.pid, data(), 1, options.port, '', '127.0.0.1', '0 0', 'ready   ', ''];
    await writeFile(join(data(), 'postmaster.pid'), lines.join('\n'));
    expect(await postgres.state()).toMatchObject({
      running: false,
      reason: expect.stringContaining('another program'),
    });
    await postgres.stop();
    await postgres.start(newProgress());
    expect(await runningPid()).not.toBe(stranger.pid);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  test('a taken port is a conflict that names who holds it', async () => {
    const holder = createServer().listen(options.port, '127.0.0.1');
    onTestFinished(() => void holder.close());
    await once(holder, 'listening');
    const starting = postgres.start(newProgress());
    await expect(starting).rejects.toMatchObject({ kind: 'conflict', why: [expect.stringContaining(`pid ${ourPid}`)] });
    expect(await postgres.state()).toMatchObject({ running: false });
  });

  test('a server that cannot start says why, from its log', async () => {
    const file = join(data(), 'postgresql.conf');
    const good = await readFile(file);
    onTestFinished(() => writeFile(file, good));
    await writeFile(file, `${good}\nno_such_setting = 1\n`);
    await expect(postgres.start(newProgress())).rejects.toMatchObject({
      kind: 'unhealthy',
      why: expect.arrayContaining([expect.stringContaining('no_such_setting')]),
    });
  });
});

describe('a data folder', () => {
  test('one that was not finished is never taken for one, and is made anew', async () => {
    const fresh = await newPostgres();
    const halfDone = join(fresh.options.directory, 'data.partial-00000000');
    await mkdir(halfDone, { recursive: true });
    await writeFile(join(halfDone, 'PG_VERSION'), '17\n');
    expect(await fresh.postgres.isInitialised()).toBe(false);
    await fresh.postgres.initialise(newProgress());
    expect(await fresh.postgres.isInitialised()).toBe(true);
    expect((await readdir(fresh.options.directory)).sort()).toEqual(['cluster.json', 'data']);
  });

  test('interrupting initdb leaves none, and the next try succeeds', async () => {
    const fresh = await newPostgres();
    const controller = new AbortController();
    const interrupted = fresh.postgres.initialise(newProgress(controller.signal));
    const refused = expect(interrupted).rejects.toThrow('Ctrl-C');
    await eventually(() => readdir(fresh.options.directory).catch(() => [])).toContainEqual(
      expect.stringMatching(/^data\.partial-\w+$/),
    );
    controller.abort(new Error('Ctrl-C'));
    await refused;
    expect(await fresh.postgres.isInitialised()).toBe(false);
    await fresh.postgres.initialise(newProgress());
    await fresh.postgres.start(newProgress());
    expect(await fresh.postgres.state()).toMatchObject({ running: true });
  });

  test('one whose password is lost is kept, and said to be a conflict', async () => {
    const fresh = await newPostgres();
    const kept = join(fresh.options.directory, 'data', 'PG_VERSION');
    await mkdir(join(fresh.options.directory, 'data'), { recursive: true });
    await writeFile(kept, '17\n');
    await expect(fresh.postgres.initialise(newProgress())).rejects.toMatchObject({ kind: 'conflict' });
    expect(await readFile(kept, 'utf8')).toBe('17\n');
  });

  test('destroying leaves no process and no file, even when the record is lost', async () => {
    const fresh = await newPostgres();
    await fresh.postgres.initialise(newProgress());
    await fresh.postgres.start(newProgress());
    const data = join(fresh.options.directory, 'data');
    expect(await processesIn(data, 'postgres')).not.toEqual([]);
    await rm(join(fresh.options.directory, 'cluster.json'));
    await fresh.postgres.destroy();
    expect(await processesIn(data, 'postgres')).toEqual([]);
    await expect(stat(fresh.options.directory)).rejects.toMatchObject({ code: 'ENOENT' });
    await fresh.postgres.destroy();
  });
});

async function ps(pid: number, columns: string): Promise<{ stdout: string }> {
  const { run } = await import('../../../../src/tools/exec.ts');
  return run('ps', ['-o', columns, '-p', String(pid)], { env: { PATH: '/bin:/usr/bin' } });
}
