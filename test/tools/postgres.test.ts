import { once } from 'node:events';
import { chmod, chown, stat } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { env, getActiveResourcesInfo } from 'node:process';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../src/environment/embedded/postgres/postgres.ts';
import { run } from '../../src/tools/exec.ts';
import { checkPostgres, quoteIdentifier, withPostgres } from '../../src/tools/postgres.ts';
import { type PostgresAddress, parsePostgresDsn } from '../../src/tools/postgres-address.ts';
import { faultOf } from '../../src/tools/postgres-fault.ts';
import { freePort, newOptions, newProgress } from '../environment/embedded/postgres/temporary.ts';
import { eventually } from './eventually.ts';

let server: PostgresAddress;
let folder: string;
let remove: () => Promise<void>;
const openssl = await run('openssl', ['version'], { env }).catch(() => undefined);

beforeAll(async () => {
  const made = await newOptions();
  ({ remove } = made);
  folder = dirname(made.options.directory);
  const postgres = openPostgres(made.options);
  await postgres.initialise(newProgress());
  await postgres.start(newProgress());
  server = await postgres.superuser();
});
afterAll(() => remove());

function dsn({ user, password = '', host, port, database }: PostgresAddress, query = ''): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}${query}`;
}

test('a database that answers is said to be there, with its version and how long the answer took', async () => {
  for (const target of [server, dsn(server), dsn(server, '?sslmode=prefer'), dsn(server, '?sslmode=disable')]) {
    const check = await checkPostgres(target);
    expect(check).toMatchObject({ ok: true, version: expect.stringMatching(/^17\./) });
    expect(check.ok && check.latencyMs).toBeGreaterThan(0);
  }
});

test('what failed is told by stage', async () => {
  const stages = async (changes: Partial<PostgresAddress>) => {
    const check = await checkPostgres({ ...server, ...changes }, { timeoutMs: 5000 });
    expect(check.ok || check.reason).toBeTruthy();
    expect(check.ok || check.reason).not.toContain(server.password);
    return check.ok ? 'ok' : check.stage;
  };
  expect(await stages({ host: 'no-such-host.invalid' })).toBe('name');
  expect(await stages({ port: await freePort() })).toBe('port');
  expect(await stages({ host: 'localhost', port: await freePort() })).toBe('port');
  expect(await stages({ sslmode: 'require' })).toBe('tls');
  expect(await stages({ password: 'wrong' })).toBe('login');
  expect(await stages({ password: '' })).toBe('login');
  expect(await stages({ user: 'nobody-here' })).toBe('login');
  expect(await stages({ database: 'none' })).toBe('database');
});

test('an address that cannot be read is a stage too, and its password is not repeated', async () => {
  for (const bad of ['no url', 'mysql://u:secret@h/d', 'postgresql://u:sec%ret@h/d', `${dsn(server)}?sslmode=maybe`]) {
    const check = await checkPostgres(bad);
    expect(check).toMatchObject({ ok: false, stage: 'address' });
    expect(JSON.stringify(check)).not.toMatch(/secret|sec%ret/);
  }
});

test('a server that does not answer is given up after the given time', async () => {
  const port = await listen((socket) => socket.resume());
  const begin = performance.now();
  const check = await checkPostgres({ ...server, port }, { timeoutMs: 200 });
  expect(check).toMatchObject({ ok: false, stage: 'timeout' });
  expect(performance.now() - begin).toBeLessThan(3000);
});

test('a server that hangs up at once is told of', async () => {
  const port = await listen((socket) => socket.destroy());
  expect(await checkPostgres({ ...server, port })).toMatchObject({ ok: false, stage: 'port' });
});

test('a server that is starting is not taken for one that is broken', () => {
  const error = Object.assign(new Error('the database system is starting up'), { code: '57P03' });
  expect(faultOf(error).stage).toBe('starting');
});

test('values are bound and names quoted', async () => {
  const name = `a"b; DROP TABLE x`;
  const rows = await withPostgres(server, async (client) => {
    await client.query(`CREATE TEMPORARY TABLE ${quoteIdentifier(name)} (v text)`);
    await client.query(`INSERT INTO ${quoteIdentifier(name)} VALUES ($1)`, [`'); --`]);
    return (await client.query(`SELECT v FROM ${quoteIdentifier(name)}`)).rows;
  });
  expect(rows).toEqual([{ v: `'); --` }]);
});

test('a query that fails throws what Postgres said, and the connection is closed', async () => {
  await expect(withPostgres(server, (client) => client.query('SELEC 1'))).rejects.toMatchObject({ code: '42601' });
  await eventually(openSockets).toBe(0);
});

test('nothing stays open, whether it worked or not', async () => {
  await checkPostgres(server);
  await checkPostgres({ ...server, password: 'wrong' });
  await checkPostgres({ ...server, sslmode: 'require' });
  await eventually(openSockets).toBe(0);
});

test('a session that the server ends rejects the query and nothing else', async () => {
  const ended = withPostgres(server, (client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())'));
  await expect(ended).rejects.toThrow();
  const later = withPostgres(server, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await withPostgres(server, (other) => other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]));
    await eventually(openSockets).toBe(0); // Told while nothing was asked.
    await client.query('SELECT 1');
  });
  await expect(later).rejects.toThrow();
});

test('aborting breaks a query and a connection attempt with the reason of the abort', async () => {
  const controller = new AbortController();
  const asleep = withPostgres(server, (client) => client.query('SELECT pg_sleep(60)'), { signal: controller.signal });
  const refused = expect(asleep).rejects.toThrow('Ctrl-C');
  await eventually(sleepers).toBe(1);
  controller.abort(new Error('Ctrl-C'));
  await refused;
  await expect(checkPostgres(server, { signal: controller.signal })).rejects.toThrow('Ctrl-C');

  const port = await listen((socket) => socket.resume());
  const signal = AbortSignal.timeout(100);
  await expect(checkPostgres({ ...server, port }, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a root certificate makes `require` ask after the certificate, as in libpq', async () => {
  const check = await checkPostgres(dsn(server, '?sslmode=require&sslrootcert=/nonexistent'));
  expect(check).toMatchObject({ ok: false, reason: expect.stringContaining('/nonexistent') });
});

test('a DSN is read part by part', () => {
  expect(parsePostgresDsn('postgresql://j%40ne:p%2Fw@db:6000/my%20db?sslmode=verify-ca&sslrootcert=/ca.pem')).toEqual({
    host: 'db',
    port: 6000,
    database: 'my db',
    user: 'j@ne',
    password: 'p/w',
    sslmode: 'verify-ca',
    sslrootcert: '/ca.pem',
  });
  expect(parsePostgresDsn('postgres://me@[::1]')).toMatchObject({
    host: '::1',
    port: 5432,
    database: 'me',
    user: 'me',
  });
});

// Last, because the server speaks TLS from here on.
test.skipIf(openssl === undefined)('certificates are asked after as sslmode says', async () => {
  const { key, certificate } = await selfSigned();
  await withPostgres(server, async (client) => {
    await client.query(`ALTER SYSTEM SET ssl_key_file = '${key}'`);
    await client.query(`ALTER SYSTEM SET ssl_cert_file = '${certificate}'`);
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.query('SELECT pg_reload_conf()');
  });
  const check = (query: string, changes = {}) => checkPostgres(dsn({ ...server, ...changes }, query));
  await eventually(() => check('?sslmode=require')).toMatchObject({ ok: true });
  expect(await check('')).toMatchObject({ ok: true });
  expect(await check('?sslmode=verify-full')).toMatchObject({ ok: false, stage: 'tls' });
  const trusted = `&sslrootcert=${encodeURIComponent(certificate)}`;
  expect(await check(`?sslmode=verify-full${trusted}`)).toMatchObject({ ok: true });
  expect(await check(`?sslmode=verify-full${trusted}`, { host: 'localhost' })).toMatchObject({
    ok: false,
    stage: 'tls',
  });
  expect(await check(`?sslmode=verify-ca${trusted}`, { host: 'localhost' })).toMatchObject({ ok: true });
  expect(await check('?sslmode=verify-ca&sslrootcert=/nonexistent')).toMatchObject({ ok: false });
});

/** A certificate for 127.0.0.1, which the server can read, whoever it runs as. */
async function selfSigned(): Promise<{ key: string; certificate: string }> {
  const data = await withPostgres(server, async (client) => (await client.query('SHOW data_directory')).rows[0]);
  const key = join(data.data_directory, 'server.key');
  const certificate = join(folder, 'server.pem');
  const subject = ['-subj', '/CN=dk', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', certificate];
  await run('openssl', [...args, ...subject], { env });
  const { uid, gid } = await stat(data.data_directory);
  await chown(key, uid, gid);
  await chmod(key, 0o600);
  return { key, certificate };
}

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const listener = createServer(onConnection).listen(0, '127.0.0.1');
  onTestFinished(() => void listener.close());
  await once(listener, 'listening');
  return (listener.address() as AddressInfo).port;
}

async function sleepers(): Promise<number | null> {
  const sql = `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
  return withPostgres(server, async (client) => (await client.query(sql)).rowCount);
}

function openSockets(): number {
  return getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'TCPWRAP').length;
}
