import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import type { Client } from 'pg';
import { Failure } from '../failure.ts';
import { type PostgresAddress, parsePostgresDsn, type SslMode } from './postgres-address.ts';
import { faultOf, noTls, type PostgresStage } from './postgres-fault.ts';

export interface PostgresOptions {
  /** How long connecting may take, in milliseconds; 10 s when absent. */
  readonly timeoutMs?: number;
  /** Breaks the connection; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Takes leave of the server without waiting for it to close the connection. */
  readonly inHurry?: boolean;
}

export interface PostgresCheckOptions extends PostgresOptions {
  /** Whether being let in is enough: nothing is asked then, and no version told. */
  readonly loginOnly?: boolean;
}

/** Begins to load what connecting needs, while something else is waited for. */
export function preloadPostgres(): void {
  // Whoever needs it hears of a failure.
  import('pg').catch(() => undefined);
}

/** Connects, lets `use` work, and closes whatever happens; a connection that fails is a Failure with pg's error as cause. */
export async function withPostgres<T>(
  target: PostgresAddress | string,
  use: (client: Client) => Promise<T>,
  options: PostgresOptions = {},
): Promise<T> {
  const address = typeof target === 'string' ? parsePostgresDsn(target) : target;
  options.signal?.throwIfAborted();
  const { client, socket } = await connect(address, options).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw cannotConnect(address, error);
  });
  const abort = () => socket.destroy();
  options.signal?.addEventListener('abort', abort);
  try {
    return await use(client);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
    const closed = close(client, socket);
    if (!options.inHurry) await closed;
  }
}

export type PostgresCheck =
  | { readonly ok: true; readonly version?: string; readonly latencyMs: number }
  | { readonly ok: false; readonly stage: PostgresStage; readonly reason: string };

/** Connects and asks one question; says at which stage that failed, and never throws for it. */
export async function checkPostgres(
  target: PostgresAddress | string,
  { loginOnly = false, ...options }: PostgresCheckOptions = {},
): Promise<PostgresCheck> {
  try {
    const begin = performance.now();
    const welcomed = async (): Promise<PostgresCheck> => ({ ok: true, latencyMs: performance.now() - begin });
    return await withPostgres(target, loginOnly ? welcomed : askVersion, { ...options, inHurry: true });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Failure && error.kind === 'invalid') {
      return { ok: false, stage: 'address', reason: error.why.join(' ') };
    }
    return { ok: false, ...faultOf(error) };
  }
}

/** Quotes a name for SQL; values are bound as parameters instead. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function askVersion(client: Client): Promise<PostgresCheck> {
  const begin = performance.now();
  const { rows } = await client.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
  return { ok: true, version: rows[0]?.version ?? '', latencyMs: performance.now() - begin };
}

interface Connected {
  readonly client: Client;
  readonly socket: Socket;
}

async function connect(address: PostgresAddress, options: PostgresOptions): Promise<Connected> {
  const mode = address.sslmode ?? 'prefer';
  if (mode === 'disable') return attempt(address, false, options);
  const tls = await tlsOf(mode, address.sslrootcert);
  try {
    return await attempt(address, tls, options);
  } catch (error) {
    const optional = mode === 'prefer' || mode === 'allow';
    if (!optional || !(error instanceof Error) || error.message !== noTls) throw error;
    return attempt(address, false, options);
  }
}

async function attempt(
  { host, port, database, user, password }: PostgresAddress,
  ssl: ConnectionOptions | false,
  { timeoutMs = 10_000, signal }: PostgresOptions,
): Promise<Connected> {
  const { default: pg } = await import('pg');
  const socket = new Socket();
  const who = { host, port, database, user, ...(password === undefined ? {} : { password }) };
  const client = new pg.Client({ ...who, ssl, stream: () => socket, connectionTimeoutMillis: timeoutMs });
  // A server that goes away between two queries is told of here too; the next query says it to whom it concerns.
  client.on('error', () => {});
  const abort = () => socket.destroy();
  signal?.addEventListener('abort', abort);
  try {
    await client.connect();
    return { client, socket };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** libpq's meanings: up to `require` nobody's certificate is asked after, unless that is given a root certificate. */
async function tlsOf(mode: SslMode, rootCertificate: string | undefined): Promise<ConnectionOptions> {
  const careless = mode === 'require' && rootCertificate === undefined;
  if (careless || mode === 'prefer' || mode === 'allow') return { rejectUnauthorized: false };
  const ca = rootCertificate === undefined ? {} : { ca: await readFile(rootCertificate) };
  return mode === 'verify-full' ? ca : { ...ca, checkServerIdentity: () => undefined };
}

async function close(client: Client, socket: Socket): Promise<void> {
  const timer = new AbortController();
  // A peer that is gone never answers the farewell.
  await Promise.race([client.end().catch(() => {}), delay(1000, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
  socket.destroy();
}

function cannotConnect({ host, port, database, user }: PostgresAddress, error: unknown): Failure {
  const { stage, reason } = faultOf(error);
  return new Failure('unhealthy', {
    what: `Postgres at ${host}:${port} cannot be used (${stage}), as user "${user}" on database "${database}"`,
    why: reason,
    cause: error,
  });
}
