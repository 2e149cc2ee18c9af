import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publish } from '../../../src/commands/publish.ts';
import { search } from '../../../src/commands/search.ts';
import type { Failure } from '../../../src/failure.ts';
import { readChart } from '../../../src/package/chart/read-chart.ts';
import { openRegistry } from '../../../src/registry/open-registry.ts';
import { registryProgram, startRegistry } from '../../registry/registry-server.ts';
import { buildContext, temporaryRepository } from '../build/repository.ts';

const json = { image: false, output: 'json' } as const;

describe.skipIf(!registryProgram)(`dk publish${registryProgram ? '' : ' (there is no registry on PATH)'}`, () => {
  let server: Awaited<ReturnType<typeof startRegistry>>;
  beforeAll(async () => {
    server = await startRegistry();
  });
  afterAll(() => server?.close());

  const failureOf = async (work: Promise<unknown>) => (await work.then(undefined, (error) => error)) as Failure;
  const publishJson = async (cwd: string, registry: string) => {
    const { context, stdout } = buildContext(cwd);
    await publish(context, { ...json, registry });
    return JSON.parse(stdout());
  };

  it('puts the chart of a commit into the registry, once', async () => {
    const { directory, commit } = temporaryRepository();
    const registry = `${server.host}/once`;
    const version = `1.0.0-g${commit().slice(0, 7)}`;
    const first = await publishJson(directory, registry);
    expect(first).toMatchObject({
      kind: 'PublishedPackage',
      package: { name: 'good-node', version },
      registry,
      chart: { reference: `${registry}/good-node:${version}`, outcome: 'pushed' },
      image: null,
    });
    expect((await publishJson(directory, registry)).chart).toEqual({ ...first.chart, outcome: 'unchanged' });
    const found = await (await openRegistry(buildContext('/').context, registry)).chart('good-node', version);
    expect(found).toMatchObject({ digest: first.chart.digest, contentDigest: first.chart.contentDigest });
    const { files } = await readChart(found?.tgz ?? Buffer.alloc(0));
    expect(files.find(({ path }) => path === 'values.yaml')?.text).toContain(registry);
  });

  it('tells people the digest, too', async () => {
    const { directory, commit } = temporaryRepository();
    commit();
    const { context, stdout } = buildContext(directory, { DK_REGISTRY: `${server.host}/table` });
    await publish(context, { image: false, output: 'table' });
    expect(stdout()).toMatch(/^PART +REFERENCE +DIGEST +OUTCOME\nchart +\S+ +sha256:[0-9a-f]{64} +pushed\n$/);
  });

  it('refuses another content of the same version, and names both', async () => {
    const { directory, commit } = temporaryRepository();
    commit();
    const first = await publishJson(directory, `${server.host}/other`);
    // A chart says where it is to be found, so the same registry by another name makes it another chart.
    const { context } = buildContext(directory, { DK_REGISTRY: `localhost:${server.port}/other` });
    const refused = await failureOf(publish(context, json));
    expect(refused).toMatchObject({ kind: 'conflict', message: expect.stringContaining('with another content') });
    expect(refused.why).toEqual([
      `there: ${first.chart.contentDigest}`,
      expect.stringMatching(/^here: {2}sha256:[0-9a-f]{64}$/),
      'A version that is published never changes',
    ]);
    expect(await publishJson(directory, `${server.host}/other`)).toMatchObject({ chart: { outcome: 'unchanged' } });
  });

  it('refuses what differs from the commit, and leaves nothing in the registry', async () => {
    const { directory, commit, write } = temporaryRepository();
    commit();
    write('src/main.mjs', '// edited');
    const { context } = buildContext(directory);
    expect(await failureOf(publish(context, { ...json, registry: `${server.host}/dirty` }))).toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/^good-node 1\.0\.0-g[0-9a-f]{7}-dirty cannot be published/),
      why: ['src/main.mjs is not as in the commit'],
    });
    expect(await (await openRegistry(context, `${server.host}/dirty`)).names()).toEqual([]);
  });

  it('does not publish a version that no cluster could run, unless that is said', async () => {
    const { directory, commit } = temporaryRepository();
    commit();
    const { context } = buildContext(directory);
    const registry = `${server.host}/imageless`;
    expect(await failureOf(publish(context, { output: 'json', registry }))).toMatchObject({
      kind: 'prerequisite',
      message: expect.stringContaining('has no image'),
      next: expect.arrayContaining(['dk publish --no-image, where that is meant']),
    });
    expect(await (await openRegistry(context, registry)).names()).toEqual([]);
  });

  it('wants to be told a registry', async () => {
    const { context } = buildContext('/');
    expect(await failureOf(publish(context, json))).toMatchObject({
      kind: 'prerequisite',
      message: 'No registry is named',
    });
    expect(await failureOf(search(context, { output: 'json' }))).toMatchObject({ kind: 'prerequisite' });
  });
});
