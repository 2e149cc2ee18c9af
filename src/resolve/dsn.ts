import { Failure } from '../failure.ts';
import { splitPostgresUrl } from '../tools/postgres-address.ts';

type Fields = Readonly<Record<string, string>>;

/**
 * The address of a Store as one URL. Connection fields override the parts of a connection_string, secrets override both;
 * every part is encoded once. An invalid Failure, which shows no value, for what cannot be an address.
 */
export function dsnOf(connector: string, connection: Fields, secrets: Fields): string | undefined {
  const pick: Pick = (...names) => firstOf(secrets, names) ?? firstOf(connection, names);
  switch (connector) {
    case 'postgres':
      return postgresDsn(pick);
    case 's3':
      return s3Dsn(pick);
    case 'kafka':
      return kafkaDsn(pick);
    default:
      return otherDsn(pick);
  }
}

/** The value of the first of these names that a Store has; any secret is stronger than any connection field. */
type Pick = (...names: readonly string[]) => string | undefined;

function firstOf(fields: Fields, names: readonly string[]): string | undefined {
  return names.map((name) => fields[name]).find((value) => value !== undefined);
}

function postgresDsn(pick: Pick): string {
  const url = splitPostgresUrl(pick('connection_string') ?? 'postgresql://');
  const user = pick('username', 'user') ?? url.user;
  const password = pick('password') ?? url.password;
  const database = pick('database', 'dbname') ?? url.database ?? user ?? 'postgres';
  const host = pick('host') ?? url.host ?? 'localhost';
  const sslmode = pick('sslmode');
  const parameters = url.parameters.filter(([name]) => sslmode === undefined || name !== 'sslmode');
  const address = `${encodeHost(host)}:${checkPort(pick('port') ?? url.port ?? '5432')}`;
  const query = queryOf([...parameters, ['sslmode', sslmode]]);
  return `postgresql://${loginOf(user, password)}${address}/${encodeDatabase(database)}${query}`;
}

function loginOf(user: string | undefined, password: string | undefined): string {
  if (user === undefined && password === undefined) return '';
  return `${encodePart(user ?? '')}${password === undefined ? '' : `:${encodePart(password)}`}@`;
}

/** An IPv6 address in brackets; the folder of a Unix socket encoded, as libpq wants it. */
function encodeHost(host: string): string {
  return host.includes(':') ? `[${host.replace(/^\[(.*)\]$/, '$1')}]` : encodePart(host);
}

/** A path may hold more characters as they are than a query; pg decodes no others in the name of a database. */
function encodeDatabase(name: string): string {
  return encodePart(name).replaceAll(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
}

function checkPort(text: string): string {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return text;
  throw new Failure('invalid', { what: 'Its port is no port', why: 'A port is a number from 1 to 65535' });
}

function s3Dsn(pick: Pick): string {
  const prefix = (pick('prefix') ?? '').split('/').map(encodePart).join('/');
  const query = queryOf([
    ['endpoint', pick('endpoint')],
    ['region', pick('region')],
  ]);
  return `s3://${encodePart(need(pick, 'bucket'))}/${prefix}${query}`;
}

function kafkaDsn(pick: Pick): string {
  return `kafka://${need(pick, 'brokers', 'bootstrapServers')}/${encodePart(pick('topic') ?? '')}`;
}

function need(pick: Pick, ...names: readonly string[]): string {
  const value = pick(...names);
  if (value !== undefined && value !== '') return value;
  throw new Failure('invalid', { what: `It has no ${names.join(' or ')}` });
}

/** A URL of which nothing but the general parts is known; any other text stands as it is. */
function otherDsn(pick: Pick): string | undefined {
  const text = pick('connection_string');
  if (text === undefined || !/^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  const host = pick('host');
  const database = pick('database', 'dbname');
  if (host !== undefined) url.hostname = encodeHost(host);
  url.port = pick('port') ?? url.port;
  url.username = encodeIfThere(pick('username', 'user')) ?? url.username;
  url.password = encodeIfThere(pick('password')) ?? url.password;
  if (database !== undefined) url.pathname = `/${encodePart(database)}`;
  return url.href;
}

function encodeIfThere(text: string | undefined): string | undefined {
  return text === undefined ? undefined : encodePart(text);
}

/** Spaces as `%20`: not every reader takes a plus sign for one. */
function queryOf(parameters: readonly (readonly [name: string, value: string | undefined])[]): string {
  const pairs = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodePart(name)}=${encodePart(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** One part of a URL, encoded; half a surrogate pair, which no URL can hold, becomes a replacement character. */
export function encodePart(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
