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
  if (!URL.canParse(dsn)) throw invalid('it is not a URL');
  const url = new URL(dsn);
  if (!['postgres:', 'postgresql:'].includes(url.protocol))
    throw invalid(`its scheme is "${url.protocol.slice(0, -1)}"`);
  const user = decode(url.username) || 'postgres';
  const sslmode = url.searchParams.get('sslmode') ?? 'prefer';
  if (!isSslMode(sslmode)) throw invalid(`sslmode "${sslmode}" does not exist`);
  const sslrootcert = url.searchParams.get('sslrootcert');
  return {
    host: decode(url.hostname).replace(/^\[(.*)\]$/, '$1') || 'localhost',
    port: Number(url.port || 5432),
    database: decode(url.pathname.slice(1)) || user,
    user,
    ...(url.password === '' ? {} : { password: decode(url.password) }),
    sslmode,
    ...(sslrootcert === null ? {} : { sslrootcert }),
  };
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
