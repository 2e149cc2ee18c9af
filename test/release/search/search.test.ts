import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { search } from '../../../src/commands/search.ts';
import { openRegistry } from '../../../src/registry/open-registry.ts';
import { createTestContext } from '../../helpers/context.ts';
import { chartToPush } from '../../registry/charts.ts';
import { startFaultyProxy } from '../../registry/faulty-proxy.ts';
import { registryProgram, startRegistry } from '../../registry/registry-server.ts';

describe.skipIf(!registryProgram)(`dk search${registryProgram ? '' : ' (there is no registry on PATH)'}`, () => {
  let server: Awaited<ReturnType<typeof startRegistry>>;
  let proxy: Awaited<ReturnType<typeof startFaultyProxy>>;
  const look = async (options: { term?: string; versions?: boolean }, env: Record<string, string> = {}) => {
    const { context, stdout, stderr } = createTestContext({ env: { DK_REGISTRY: proxy.host, ...env } });
    await search(context, { output: 'json', ...options });
    const { packages } = JSON.parse(stdout()) as { packages: readonly { name: string; version: string }[] };
    return { packages, names: packages.map(({ name }) => name), stderr: stderr() };
  };

  beforeAll(async () => {
    server = await startRegistry();
    proxy = await startFaultyProxy(server.port);
    const registry = await openRegistry(createTestContext().context, server.host);
    for (const [name, version, created] of [
      ['pg-to-s3', '1.2.4-g0000001', '2024-05-01T00:00:00Z'],
      ['pg-to-s3', '1.2.4-g0000002', '2024-05-02T00:00:00Z'],
      ['pg-to-s3', '1.2.3-g0000003', '2024-05-03T00:00:00Z'],
      ['daily-summary', '0.1.0-g0000004', '2024-05-04T00:00:00Z'],
    ] as const)
      await registry.push(await chartToPush(name, { version, created }));
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.close();
  });

  it('lists the newest version of every package, from one manifest each', async () => {
    proxy.set(() => undefined);
    const { packages } = await look({});
    expect(packages).toEqual([
      expect.objectContaining({ name: 'daily-summary', version: '0.1.0-g0000004' }),
      {
        name: 'pg-to-s3',
        version: '1.2.4-g0000002',
        runtime: 'generic-node',
        mode: 'batch',
        description: 'The package pg-to-s3',
        inputs: ['raw-events'],
        outputs: ['lake-events', 'lake-users'],
        created: '2024-05-02T00:00:00.000Z',
        digest: expect.stringMatching(/^sha256:/),
      },
    ]);
    // Of the older base version nobody asks, nor of any config or layer.
    expect(proxy.seen.filter((line) => line.includes('/manifests/'))).toHaveLength(3);
    expect(proxy.seen.filter((line) => line.includes('/blobs/'))).toEqual([]);
  });

  it('finds a term in names, descriptions and data sets, in any case', async () => {
    proxy.set(() => undefined);
    expect((await look({ term: 'DAILY' })).names).toEqual(['daily-summary']);
    expect((await look({ term: 'lake-users' })).names).toEqual(['daily-summary', 'pg-to-s3']);
    const nothing = await look({ term: 'nobody' });
    expect(nothing.names).toEqual([]);
    expect(nothing.stderr).toContain('No package in');
  });

  it('lists every version when that is asked for, newest first', async () => {
    proxy.set(() => undefined);
    const { packages } = await look({ term: 'pg-to-s3', versions: true });
    expect(packages.map(({ version }) => version)).toEqual(['1.2.4-g0000002', '1.2.4-g0000001', '1.2.3-g0000003']);
  });

  it('asks for the packages that DK_PACKAGES names, and for the term, where there is no catalogue', async () => {
    proxy.set(({ path }) => (path.includes('_catalog') ? { kind: 'answer', status: 404 } : undefined));
    expect((await look({ term: 'pg-to-s3' })).names).toEqual(['pg-to-s3']);
    expect((await look({}, { DK_PACKAGES: 'daily-summary, not-there' })).names).toEqual(['daily-summary']);
    await expect(look({})).rejects.toMatchObject({ kind: 'prerequisite' });
  });

  it('prints a table for people', async () => {
    proxy.set(() => undefined);
    const { context, stdout } = createTestContext({ now: () => new Date('2024-05-05T00:00:00Z') });
    await search(context, { output: 'table', registry: proxy.host, term: 'pg' });
    expect(stdout()).toBe(
      'NAME      VERSION         RUNTIME       MODE   INPUTS      OUTPUTS                  AGE  DESCRIPTION\n' +
        'pg-to-s3  1.2.4-g0000002  generic-node  batch  raw-events  lake-events, lake-users  3d   The package pg-to-s3\n',
    );
  });
});
