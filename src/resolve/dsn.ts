type Fields = Readonly<Record<string, string>>;

/** Thrown for a connection_string that is no URL; never shows it, since it may hold a password. */
export class MalformedConnection extends Error {}

/**
 * The address of a Store as one URL. Connection fields override the parts of a connection_string, secrets override both;
 * every part is encoded once.
 */
export function dsnOf(connector: string, connection: Fields, secrets: Fields): string | undefined {
  const fields = { ...connection, ...secrets };
  switch (connector) {
    case 'postgres':
      return postgresDsn(fields);
    case 's3':
      return s3Dsn(fields);
    case 'kafka':
      return kafkaDsn(fields);
    default:
      return fields['connection_string'];
  }
}

/** The parts of a postgres Store, whichever way it says them. */
export interface PostgresParts {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly sslmode: string | undefined;
}

export function postgresParts(fields: Fields): PostgresParts {
  const url = parseUrl(fields['connection_string']);
  return {
    host: fields['host'] ?? unbracket(url?.hostname) ?? 'localhost',
    port: Number(fields['port'] ?? (url?.port || 5432)),
    database: fields['database'] ?? fields['dbname'] ?? decode(url?.pathname.slice(1)) ?? 'postgres',
    user: fields['username'] ?? fields['user'] ?? decode(url?.username),
    password: fields['password'] ?? decode(url?.password),
    sslmode: fields['sslmode'] ?? url?.searchParams.get('sslmode') ?? undefined,
  };
}

function postgresDsn(fields: Fields): string {
  const { host, port, database, user, password, sslmode } = postgresParts(fields);
  const login = user === undefined ? '' : `${encode(user)}${password === undefined ? '' : `:${encode(password)}`}@`;
  const query = parseUrl(fields['connection_string'])?.searchParams ?? new URLSearchParams();
  if (sslmode !== undefined) query.set('sslmode', sslmode);
  const address = host.includes(':') ? `[${host}]` : host;
  return `postgresql://${login}${address}:${port}/${encode(database)}${query.size > 0 ? `?${query}` : ''}`;
}

function s3Dsn(fields: Fields): string {
  const query = new URLSearchParams();
  for (const name of ['endpoint', 'region'] as const) if (fields[name] !== undefined) query.set(name, fields[name]);
  const prefix = (fields['prefix'] ?? '').split('/').map(encode).join('/');
  return `s3://${encode(fields['bucket'] ?? '')}/${prefix}${query.size > 0 ? `?${query}` : ''}`;
}

function kafkaDsn(fields: Fields): string {
  return `kafka://${fields['brokers'] ?? fields['bootstrapServers'] ?? ''}/${encode(fields['topic'] ?? '')}`;
}

function parseUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) throw new MalformedConnection('connection_string is not a URL');
  return new URL(text);
}

function unbracket(host: string | undefined): string | undefined {
  return host === undefined || host === '' ? undefined : host.replace(/^\[(.*)\]$/, '$1');
}

function decode(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : decodeURIComponent(text);
}

const encode = (text: string) => encodeURIComponent(text);
