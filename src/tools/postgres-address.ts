import { Failure } from '../failure.ts';

export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** Where a database is and who asks; what is absent is Postgres' own default. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** As libpq understands it; `prefer` when absent. */
  readonly sslmode?: SslMode;
  /** Path of the PEM file that the server's certificate is checked with, instead of the system's. */
  readonly sslrootcert?: string;
}

/** Reads `postgresql://user:password@host:port/database?sslmode=…`; its errors never show the password. */
export function parsePostgresDsn(dsn: string): PostgresAddress {
  const { host, port, database, user = 'postgres', password, parameters } = splitPostgresUrl(dsn);
  const { sslmode = 'prefer', sslrootcert } = Object.fromEntries(parameters);
  if (!isSslMode(sslmode)) throw invalid(`sslmode "${sslmode}" does not exist`);
  return {
    host: host ?? 'localhost',
    port: Number(port ?? 5432),
    database: database ?? user,
    user,
    ...(password === undefined ? {} : { password }),
    sslmode,
    ...(sslrootcert === undefined ? {} : { sslrootcert }),
  };
}

/** What a Postgres URL says, decoded; what it does not say is undefined. */
export interface PostgresUrl {
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** All further parameters of the query, such as `sslmode`. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Takes a Postgres URL apart; host, port, user, password and dbname may stand in its query too, as libpq has it. */
export function splitPostgresUrl(text: string): PostgresUrl {
  if (!URL.canParse(text)) throw invalid('it is not a URL');
  const url = new URL(text);
  if (!['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw invalid(`its scheme is "${url.protocol.slice(0, -1)}"`);
  }
  const query = queryOf(url);
  const parts = new Map(query);
  return {
    host: parts.get('host') ?? present(decode(url.hostname).replace(/^\[(.*)\]$/, '$1')),
    port: parts.get('port') ?? present(url.port),
    database: parts.get('dbname') ?? present(decode(url.pathname.slice(1))),
    user: parts.get('user') ?? present(decode(url.username)),
    password: parts.get('password') ?? present(decode(url.password)),
    parameters: query.filter(([name]) => !['host', 'port', 'dbname', 'user', 'password'].includes(name)),
  };
}

/** As libpq reads it: a plus sign is a plus sign, no space. */
function queryOf({ search }: URL): readonly (readonly [string, string])[] {
  const pairs = search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '');
  return pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [decode(name), decode(value.join('='))] as const;
  });
}

function present(text: string): string | undefined {
  return text === '' ? undefined : text;
}

const sslModes: readonly string[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

function isSslMode(value: string): value is SslMode {
  return sslModes.includes(value);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('a "%" in it is not followed by two hexadecimal digits; a literal one is written %25');
  }
}

function invalid(why: string): Failure {
  return new Failure('invalid', {
    what: 'A Postgres address cannot be read',
    why,
    next: 'It has the form postgresql://user:password@host:port/database?sslmode=require',
  });
}
