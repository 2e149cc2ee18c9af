import { parse } from 'pg-connection-string';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { dsnOf } from '../../src/resolve/dsn.ts';
import { parsePostgresDsn } from '../../src/tools/postgres-address.ts';

const postgres = (connection: Record<string, string>, secrets: Record<string, string> = {}) =>
  dsnOf('postgres', connection, secrets) ?? '';

const hostile = ['@:/?#[]% ünï', 'a%40b', '%', "it's", '$&`${X}', 'ends with space ', '\\', '"', '=&+;', '日本語'];

describe('the DSN of a postgres Store', () => {
  test('has every part', () => {
    const connection = { host: 'db', port: '5433', database: 'shop', sslmode: 'require' };
    expect(postgres(connection, { username: 'ann', password: 'secret' })).toBe(
      'postgresql://ann:secret@db:5433/shop?sslmode=require',
    );
  });

  test.each(hostile)('holds the password %j so that pg and dk read it back', (password) => {
    const dsn = postgres({ host: 'db', database: 'shop' }, { username: 'ann', password });
    expect(parse(dsn)).toMatchObject({ user: 'ann', password, host: 'db', port: '5432', database: 'shop' });
    expect(parsePostgresDsn(dsn)).toMatchObject({ user: 'ann', password, host: 'db', port: 5432, database: 'shop' });
  });

  test.each(hostile)('holds the user and the database %j so that dk reads them back', (name) => {
    const dsn = postgres({ host: 'db', database: name }, { username: name, password: 'x' });
    expect(parsePostgresDsn(dsn)).toMatchObject({ user: name, database: name });
  });

  // pg itself cannot read back a slash, a question mark or a hash sign in the name of a database.
  test.each([
    '@:[]% ünï',
    '$&`${X}',
    '=&+;,',
    '日本語',
  ])('holds the database %j so that pg reads it back', (database) => {
    expect(parse(postgres({ host: 'db', database }, { username: database }))).toMatchObject({
      user: database,
      database,
    });
  });

  test.each(hostile)('encodes the password %j of a connection_string once', (password) => {
    const url = `postgresql://ann:${encodeURIComponent(password)}@db/shop`;
    expect(parse(postgres({ connection_string: url }))).toMatchObject({ user: 'ann', password });
  });

  test.each(['::1', '[::1]', 'fe80::1'])('puts the IPv6 host %s into brackets', (host) => {
    const dsn = postgres({ host, database: 'shop' });
    expect(dsn).toBe(`postgresql://[${host.replaceAll(/[[\]]/g, '')}]:5432/shop`);
    expect(parsePostgresDsn(dsn).host).toBe(host.replaceAll(/[[\]]/g, ''));
  });

  test('keeps the folder of a Unix socket', () => {
    expect(parse(postgres({ host: '/var/run/postgresql', database: 'shop' }))).toMatchObject({
      host: '/var/run/postgresql',
    });
    const query = postgres({ connection_string: 'postgresql:///shop?host=/tmp' });
    expect(parse(query)).toMatchObject({ host: '/tmp', database: 'shop' });
  });

  test('lets connection fields override the parts of a connection_string', () => {
    const connection = {
      connection_string: 'postgresql://a:b@c:1/d?sslmode=disable&application_name=etl',
      host: 'h',
      port: '2',
      database: 'e',
      sslmode: 'require',
    };
    expect(postgres(connection)).toBe('postgresql://a:b@h:2/e?application_name=etl&sslmode=require');
  });

  test('lets secrets override both, be it by another name of the same part', () => {
    const connection = { connection_string: 'postgresql://a:b@c:1/d', username: 'u1', database: 'd1' };
    expect(postgres(connection, { user: 'u2', dbname: 'd2', password: 'p2' })).toBe('postgresql://u2:p2@c:1/d2');
  });

  test('takes a whole connection_string from the secrets', () => {
    expect(postgres({ host: 'h' }, { connection_string: 'postgres://a:b@c:1/d' })).toBe('postgresql://a:b@h:1/d');
  });

  test.each([
    ['dbname', { dbname: 'shop' }],
    ['database', { database: 'shop' }],
  ])('knows %s', (_, connection) => {
    expect(postgres({ host: 'db', ...connection })).toBe('postgresql://db:5432/shop');
  });

  test('means the database of the user’s name where none is named, as Postgres does', () => {
    expect(postgres({ host: 'db' }, { user: 'ann' })).toBe('postgresql://ann@db:5432/ann');
  });

  test('takes parts that stand in the query, and says each part once', () => {
    const dsn = postgres({ connection_string: 'postgresql://db/?user=ann&password=p%20w&dbname=shop&port=5433' });
    expect(dsn).toBe('postgresql://ann:p%20w@db:5433/shop');
  });

  test('keeps options as libpq reads them: spaces as %20, a plus as a plus', () => {
    const dsn = postgres({
      connection_string: 'postgresql://db/shop?options=-c%20search_path%3Da&application_name=a+b',
    });
    expect(dsn).toBe('postgresql://db:5432/shop?options=-c%20search_path%3Da&application_name=a%2Bb');
  });

  test.each([
    ['no URL', 'host=db password=hunter2'],
    ['several hosts', 'postgresql://ann:hunter2@one:1,two:2/db'],
    ['a lonely percent sign', 'postgresql://ann:hunter2%zz@db/shop'],
    ['another scheme', 'mysql://ann:hunter2@db/shop'],
  ])('is an invalid failure for %s, and does not show it', (_, connection_string) => {
    const attempt = () => postgres({ connection_string });
    expect(attempt).toThrow(Failure);
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({ kind: 'invalid' });
      expect(JSON.stringify({ ...(error as Failure), message: (error as Failure).message })).not.toContain('hunter2');
    }
  });

  test.each(['', 'abc', '0', '70000', '5432x'])('is an invalid failure for the port %j', (port) => {
    expect(() => postgres({ host: 'db', port })).toThrow('Its port is no port');
  });
});

describe('the DSN of other Stores', () => {
  test('s3: bucket and prefix, endpoint and region, no key', () => {
    const connection = { bucket: 'lake', prefix: 'raw/a b', endpoint: 'http://127.0.0.1:29000', region: 'us-east-1' };
    expect(dsnOf('s3', connection, { access_key_id: 'id', secret_access_key: 'secret' })).toBe(
      's3://lake/raw/a%20b?endpoint=http%3A%2F%2F127.0.0.1%3A29000&region=us-east-1',
    );
  });

  test('s3 on AWS needs a bucket alone', () => {
    expect(dsnOf('s3', { bucket: 'lake' }, {})).toBe('s3://lake/');
    expect(() => dsnOf('s3', { region: 'us-east-1' }, {})).toThrow('It has no bucket');
  });

  test.each(['brokers', 'bootstrapServers'])('kafka knows %s', (name) => {
    expect(dsnOf('kafka', { [name]: 'k1:9092,k2:9092', topic: 'orders' }, {})).toBe('kafka://k1:9092,k2:9092/orders');
  });

  test('another connector has one only with a connection_string, whose parts can be overridden too', () => {
    expect(dsnOf('mysql', { host: 'db' }, {})).toBeUndefined();
    const connection = { connection_string: 'mysql://a@c:1/d?charset=utf8', host: 'h', database: 'e f' };
    expect(dsnOf('mysql', connection, { user: 'ann', password: '@:/?#' })).toBe(
      'mysql://ann:%40%3A%2F%3F%23@h:1/e%20f?charset=utf8',
    );
  });

  test.each([
    'jdbc:oracle:thin:@db:1521:x',
    'mongodb://a:b@one:1,two:2/db',
    'DSN=warehouse',
  ])('%s stays as it is', (text) => {
    expect(dsnOf('other', { connection_string: text }, {})).toBe(text);
  });
});
