import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openRegistry } from '../../src/registry/open-registry.ts';
import { createTestContext } from '../helpers/context.ts';
import { ranReal } from '../helpers/facts.ts';
import { chartToPush } from './charts.ts';
import { helmProgram, registryProgram, startRegistry } from './registry-server.ts';

const run = promisify(execFile);

describe.skipIf(!registryProgram)(`a registry${registryProgram ? '' : ' (there is no registry on PATH)'}`, () => {
  let server: Awaited<ReturnType<typeof startRegistry>>;
  let folder: string;
  const open = (namespace: string) => openRegistry(createTestContext().context, `oci://${server.host}/${namespace}`);

  beforeAll(async () => {
    server = await startRegistry();
    folder = mkdtempSync(join(tmpdir(), 'dk-charts-'));
    ranReal('distribution registry', 'from PATH');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server?.close();
  });

  it('gives back what was pushed, with all that search wants to know', async () => {
    const registry = await open('round/trip');
    const chart = await chartToPush('pg-to-s3');
    const pushed = await registry.push(chart);
    expect(pushed).toEqual({ digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), outcome: 'pushed' });
    expect(await registry.chart('pg-to-s3', chart.version)).toMatchObject({
      version: '1.2.4-g29aef01',
      digest: pushed.digest,
      contentDigest: chart.contentDigest,
      created: new Date('2024-05-06T07:08:09Z'),
      description: 'The package pg-to-s3',
      annotations: { 'datakit.infoblox.dev/outputs': 'lake-events,lake-users' },
      tgz: chart.tgz,
    });
    expect(await registry.names()).toEqual(['pg-to-s3']);
  });

  it('takes the same content again, whatever its compression, and refuses another below the same version', async () => {
    const registry = await open('immutable');
    const chart = await chartToPush('pg-to-s3');
    const first = await registry.push(chart);
    const { gzipSync, gunzipSync } = await import('node:zlib');
    const recompressed = { ...chart, tgz: gzipSync(gunzipSync(chart.tgz), { level: 1 }) };
    expect(await registry.push(recompressed)).toEqual({ digest: first.digest, outcome: 'unchanged' });
    const other = await chartToPush('pg-to-s3', { note: 'changed' });
    await expect(registry.push(other)).rejects.toMatchObject({
      kind: 'conflict',
      why: expect.arrayContaining([
        expect.stringContaining(chart.contentDigest),
        expect.stringContaining(other.contentDigest),
      ]),
    });
    expect((await registry.newest('pg-to-s3'))?.contentDigest).toBe(chart.contentDigest);
  });

  it('says undefined of a package and of a version that it does not have', async () => {
    const registry = await open('holes');
    expect(await registry.versions('pg-to-s3')).toBeUndefined();
    expect(await registry.newest('pg-to-s3')).toBeUndefined();
    await registry.push(await chartToPush('pg-to-s3'));
    expect(await registry.chart('pg-to-s3', '9.9.9')).toBeUndefined();
  });

  it('orders versions by base version, then by when their commits were made', async () => {
    const registry = await open('order');
    const releases = [
      ['1.2.4-gfffffff', '2024-05-01T00:00:00Z'],
      ['1.2.4-g0000000', '2024-05-02T00:00:00Z'],
      ['1.10.0-gaaaaaaa', '2023-01-01T00:00:00Z'],
      ['1.10.0-rc.1-gbbbbbbb', '2024-06-01T00:00:00Z'],
    ] as const;
    for (const [version, created] of releases) await registry.push(await chartToPush('a', { version, created }));
    expect((await registry.versions('a'))?.map(({ version }) => version)).toEqual([
      '1.10.0-gaaaaaaa',
      '1.10.0-rc.1-gbbbbbbb',
      '1.2.4-g0000000',
      '1.2.4-gfffffff',
    ]);
    expect((await registry.newest('a'))?.version).toBe('1.10.0-gaaaaaaa');
  });

  it('keeps namespaces apart, and versions with build metadata', async () => {
    const [outer, inner] = [await open('apart'), await open('apart/inner')];
    await outer.push(await chartToPush('a', { version: '1.0.0+build.5' }));
    await inner.push(await chartToPush('b'));
    expect([await outer.names(), await inner.names()]).toEqual([['a'], ['b']]);
    expect((await outer.newest('a'))?.version).toBe('1.0.0+build.5');
  });

  it('may have more packages than one answer tells', async () => {
    const paging = await startRegistry({ pageLength: 2 });
    onTestFinished(paging.close);
    const registry = await openRegistry(createTestContext().context, paging.host);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await registry.push(await chartToPush(name));
    expect(await registry.names()).toEqual(names);
  });

  describe.skipIf(!helmProgram)(`and helm${helmProgram ? '' : ' (there is no helm on PATH)'}`, () => {
    const helm = (args: readonly string[]) =>
      run(helmProgram ?? '', args, { cwd: folder, env: { HOME: folder, PATH: process.env['PATH'] } });

    it('pulls and shows what dk pushed', async () => {
      const chart = await chartToPush('pulled');
      await (await open('helm')).push(chart);
      const address = `oci://${server.host}/helm/pulled`;
      const flags = ['--version', chart.version, '--plain-http'];
      await helm(['pull', address, ...flags]);
      expect(readFileSync(join(folder, `pulled-${chart.version}.tgz`))).toEqual(chart.tgz);
      expect((await helm(['show', 'chart', address, ...flags])).stdout).toContain('description: The package pulled');
    });

    it('pushes what dk reads, and knows for the same content', async () => {
      const chart = await chartToPush('pushed');
      const file = join(folder, `pushed-${chart.version}.tgz`);
      writeFileSync(file, chart.tgz);
      await helm(['push', file, `oci://${server.host}/helm`, '--plain-http']);
      const registry = await open('helm');
      expect(await registry.newest('pushed')).toMatchObject({
        version: chart.version,
        contentDigest: undefined,
        created: chart.created,
        description: 'The package pushed',
        annotations: { 'datakit.infoblox.dev/runtime': 'generic-node' },
      });
      expect(await registry.push(chart)).toMatchObject({ outcome: 'unchanged' });
      await expect(registry.push(await chartToPush('pushed', { note: 'changed' }))).rejects.toMatchObject({
        kind: 'conflict',
      });
    });
  });
});
