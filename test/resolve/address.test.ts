import { describe, expect, test } from 'vitest';
import { addressKeys, applyEndpoint, endpointFor } from '../../src/resolve/address.ts';
import { containerEndpoint, hostEndpoint, s3Spec, store } from './given.ts';

const annotated = store(
  'warehouse',
  {},
  { [hostEndpoint]: '127.0.0.1:25432', [containerEndpoint]: 'dk-postgres:5432' },
);

describe('endpointFor', () => {
  test.each([
    ['host', '127.0.0.1:25432'],
    ['container', 'dk-postgres:5432'],
    ['cluster', undefined],
  ] as const)('%s reaches %s', (reach, endpoint) => {
    expect(endpointFor(annotated, reach)).toBe(endpoint);
  });

  test('is nothing for a Store without annotations', () => {
    expect(endpointFor(store('warehouse'), 'host')).toBeUndefined();
  });
});

describe('applyEndpoint', () => {
  test('puts host and port into each field that has them, and nowhere else', () => {
    const fields = {
      connection_string: 'postgresql://u:p%40w@pg.svc:5432/shop?x=1',
      host: 'pg.svc',
      port: '5432',
      endpoint: 'http://minio.svc:9000',
      bucket: 'pg.svc',
    };
    expect(applyEndpoint(fields, '127.0.0.1:25432')).toEqual({
      connection_string: 'postgresql://u:p%40w@127.0.0.1:25432/shop?x=1',
      host: '127.0.0.1',
      port: '25432',
      endpoint: 'http://127.0.0.1:25432',
      bucket: 'pg.svc',
    });
  });

  test.each([
    ['postgresql://pg/shop', 'postgresql://h:1/shop'],
    ['postgresql:///shop', 'postgresql://h:1/shop'],
    ['postgresql://[::1]:5432/shop', 'postgresql://h:1/shop'],
    ['minio.svc:9000', 'h:1'],
    ['https://minio.svc/path', 'https://h:1/path'],
  ])('%s becomes %s', (endpoint, reached) => {
    expect(applyEndpoint({ endpoint }, 'h:1')).toEqual({ endpoint: reached });
  });

  test.each([
    [{ host: 'pg' }, { host: 'h', port: '1' }],
    [{ port: '5432' }, { host: 'h', port: '1' }],
    [{ database: 'shop' }, { database: 'shop' }],
  ])('%o becomes %o', (fields, reached) => {
    expect(applyEndpoint({ ...fields }, 'h:1')).toEqual(reached);
  });

  test('takes an IPv6 address, whose host field has no brackets', () => {
    const fields = { host: 'pg', connection_string: 'postgresql://pg/shop' };
    expect(applyEndpoint(fields, '[::1]:25432')).toEqual({
      host: '::1',
      port: '25432',
      connection_string: 'postgresql://[::1]:25432/shop',
    });
  });

  test('takes a host without a port', () => {
    expect(applyEndpoint({ host: 'pg', port: '5432' }, 'db.example')).toEqual({ host: 'db.example', port: '5432' });
  });

  test('changes nothing without an endpoint', () => {
    expect(applyEndpoint({ host: 'pg' }, undefined)).toEqual({ host: 'pg' });
  });
});

describe('addressKeys', () => {
  test('are those of the connector, as the host or a container sees them', () => {
    expect(addressKeys(annotated, 'host')).toEqual({ PG_HOST: '127.0.0.1', PG_PORT: '25432' });
    expect(addressKeys(annotated, 'container')).toEqual({ PG_HOST: 'dk-postgres', PG_PORT: '5432' });
    expect(addressKeys(annotated, 'cluster')).toEqual({});
    const lake = store('lake-raw', s3Spec, { [hostEndpoint]: '127.0.0.1:29000' });
    expect(addressKeys(lake, 'host')).toEqual({ S3_ENDPOINT: 'http://127.0.0.1:29000' });
  });

  test('are none without annotations, and none of a connector that dk does not provide', () => {
    expect(addressKeys(store('warehouse'), 'host')).toEqual({});
    expect(addressKeys(store('bus', { connector: 'kafka' }, { [hostEndpoint]: 'h:1' }), 'host')).toEqual({});
  });
});
