import { describe, expect, test } from 'vitest';
import {
  bucketOf,
  databaseOf,
  postgresSecret,
  s3Secret,
  wantedCell,
  wantedStore,
} from '../../src/environment/desired.ts';
import { Cell } from '../../src/manifest/schema/cell.ts';
import { Store } from '../../src/manifest/schema/store.ts';
import { validate } from '../../src/manifest/validate.ts';
import { fillFields } from '../../src/resolve/placeholders.ts';
import { resolveStore } from '../../src/resolve/store.ts';

const id = '6f1c9a52-0d3e-4b07-9d3b-0a0a6a5b2c11';
const longest = 'a-long-name-of-a-cell-with-40-characters';
const at = { address: 'pg.dk-infra.svc:5432', host: '127.0.0.1:25432' };

describe('the names that a cell brings with it', () => {
  test('of the longest cell fit: 63 bytes for a database, 63 characters for a bucket and a namespace', () => {
    expect(longest).toHaveLength(40);
    expect(Buffer.byteLength(databaseOf(longest))).toBeLessThanOrEqual(63);
    expect(bucketOf(longest)).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    expect(wantedCell(longest, id).spec.namespace).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
  });

  test('are dp_<cell> with underscores, and dk-<cell>-lake', () => {
    expect([databaseOf('dev-jane'), bucketOf('dev-jane')]).toEqual(['dp_dev_jane', 'dk-dev-jane-lake']);
  });

  test.each([
    '',
    'Canary',
    'a--b',
    'infra',
    'system',
    `${longest}x`,
    'x"; DROP',
    'a_b',
  ])('are refused for %j', (cell) => {
    expect(() => databaseOf(cell)).toThrow('cannot be the name of a cell');
    expect(() => bucketOf(cell)).toThrow('cannot be the name of a cell');
  });

  test('differ for different cells', () => {
    const cells = ['a', 'b', 'a-b', 'ab', 'a-b-c', 'local'];
    expect(new Set(cells.map(databaseOf)).size).toBe(cells.length);
    expect(new Set(cells.map(bucketOf)).size).toBe(cells.length);
  });
});

describe('the manifests', () => {
  test('of the cell are valid, labelled, and of the tier local for cell:local alone', () => {
    for (const name of ['local', 'canary']) {
      const cell = wantedCell(name, id);
      expect(validate(Cell, cell)).toEqual([]);
      expect(cell.spec).toEqual({ namespace: `dk-${name}`, labels: { tier: name === 'local' ? 'local' : 'dev' } });
      expect(cell.metadata.labels).toEqual({
        'app.kubernetes.io/managed-by': 'dk',
        'datakit.infoblox.dev/environment': id,
      });
    }
  });

  test.each(['postgres', 's3'] as const)('of a %s Store are valid and hold no secret', (connector) => {
    const store = wantedStore('canary', { name: 'some', connector }, id, { ...at, container: 'dk-pg:5432' });
    expect(validate(Store, store)).toEqual([]);
    expect(Object.values(store.spec.secrets ?? {}).every((value) => /^\$\{\w+\}$/.test(value))).toBe(true);
    expect(store.metadata).toMatchObject({
      namespace: 'dk-canary',
      annotations: {
        'datakit.infoblox.dev/host-endpoint': '127.0.0.1:25432',
        'datakit.infoblox.dev/container-endpoint': 'dk-pg:5432',
      },
    });
  });
});

describe('the Secrets', () => {
  const secrets = {
    postgres: postgresSecret('dev-jane', at.address, 'pw'),
    s3: s3Secret('dev-jane', at.address, { accessKeyId: 'id', secretAccessKey: 'secret' }),
  };

  test('have exactly the keys that product and packages count on', () => {
    expect(secrets.postgres).toEqual({
      PG_HOST: 'pg.dk-infra.svc',
      PG_PORT: '5432',
      PG_DATABASE: 'dp_dev_jane',
      PG_USER: 'dp_dev_jane',
      PG_PASS: 'pw',
    });
    expect(secrets.s3).toEqual({
      S3_ENDPOINT: 'http://pg.dk-infra.svc:5432',
      S3_BUCKET: 'dk-dev-jane-lake',
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'secret',
    });
  });

  test.each(['postgres', 's3'] as const)('have every key that the %s Store asks for', async (connector) => {
    const store = wantedStore('dev-jane', { name: 'some', connector }, id, at);
    const values: Readonly<Record<string, string>> = secrets[connector];
    const lookUp = async (key: string) => ({ lookedAt: [], ...(values[key] !== undefined && { value: values[key] }) });
    expect((await fillFields({ ...store.spec.connection, ...store.spec.secrets }, lookUp)).missing).toEqual([]);
    const { resolved } = await resolveStore(store, { cell: 'dev-jane', connector, reach: 'host', lookUp });
    expect(resolved.dsn).toBe(
      connector === 'postgres'
        ? 'postgresql://dp_dev_jane:pw@127.0.0.1:25432/dp_dev_jane?sslmode=disable'
        : 's3://dk-dev-jane-lake/?endpoint=http%3A%2F%2F127.0.0.1%3A25432&region=us-east-1',
    );
  });
});
