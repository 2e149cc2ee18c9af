import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readChart } from '../../../src/package/chart/read-chart.ts';
import { buildPackage } from '../../../src/release/build/build-package.ts';
import { buildContext, temporaryRepository } from './repository.ts';

const withoutImage = { image: false };
const transform = (metadata: string, more = '') => `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Transform
metadata: ${metadata}
spec:
  runtime: generic-node
  inputs: [{ dataset: orders }]
  outputs: [{ dataset: revenue }]
${more}`;

test('a package at a commit has the version of dk.yaml and seven digits of the commit', async () => {
  const { directory, root, commit } = temporaryRepository();
  const head = commit();
  const built = await buildPackage(buildContext(root).context, directory, withoutImage);
  expect(built.chart).toMatchObject({ name: 'good-node', version: `1.0.0-g${head.slice(0, 7)}` });
  expect(built.chart.created).toEqual(new Date('2026-11-23T03:09:14Z'));
  expect(built.revision).toBe(head);
  expect(built.dirty).toEqual([]);
});

test('a prerelease keeps its own identifiers before the commit', async () => {
  const { directory, root, commit, write } = temporaryRepository();
  write('dk.yaml', transform('{ name: good-node, version: 1.2.4-rc.1 }'));
  const head = commit();
  const { chart } = await buildPackage(buildContext(root).context, directory, withoutImage);
  expect(chart.version).toBe(`1.2.4-rc.1-g${head.slice(0, 7)}`);
});

test('a change below the folder makes the version a dirty one, and says which it was', async () => {
  const { directory, root, commit, write } = temporaryRepository();
  const head = commit();
  write('src/main.mjs', '// edited');
  const built = await buildPackage(buildContext(root).context, directory, withoutImage);
  expect(built.chart.version).toBe(`1.0.0-g${head.slice(0, 7)}-dirty`);
  expect(built.dirty).toEqual(['src/main.mjs is not as in the commit']);
});

test('a manifest that Git ignores is in the chart but in no commit, so the version is dirty', async () => {
  const { directory, root, commit, write } = temporaryRepository();
  write('.gitignore', 'dataset/revenue.yaml\n');
  commit();
  const { dirty } = await buildPackage(buildContext(root).context, directory, withoutImage);
  expect(dirty).toEqual(['dataset/revenue.yaml is not as in the commit']);
});

test('without Git it can be built all the same, as a dirty version of no commit', async () => {
  const { directory, root } = temporaryRepository();
  const { context } = buildContext(root, { GIT_CEILING_DIRECTORIES: root });
  const built = await buildPackage(context, directory, withoutImage);
  expect(built.chart).toMatchObject({ version: '1.0.0-g0000000-dirty', created: undefined });
  expect(built.dirty).toEqual(['There is no commit: it is in no Git repository']);
});

test('the same commit gives the same chart in another folder, at another time and with other permissions', async () => {
  const { directory, root, commit, git } = temporaryRepository();
  commit();
  git('clone', '--quiet', root, join(root, 'clone'));
  const clone = join(root, 'clone/packages/good-node');
  execFileSync('chmod', ['-R', 'go=', clone]);
  execFileSync('find', [clone, '-exec', 'touch', '-d', '2001-01-01', '{}', '+']);
  const { context } = buildContext(root);
  const [one, other] = [
    await buildPackage(context, directory, withoutImage),
    await buildPackage(context, clone, withoutImage),
  ];
  expect(other.packed.contentDigest).toBe(one.packed.contentDigest);
  expect(await readChart(other.packed.tgz)).toEqual(one.chart);
});

test('the registry that is meant stands in the chart, by flag or by DK_REGISTRY', async () => {
  const { directory, root, commit } = temporaryRepository();
  commit();
  const registryIn = async (more: Readonly<Record<string, string>>, registry?: string) => {
    const built = await buildPackage(buildContext(root, more).context, directory, { image: false, registry });
    return /registry: (.*)/.exec(built.chart.files.find(({ path }) => path === 'values.yaml')?.text ?? '')?.[1];
  };
  expect(await registryIn({})).toBeUndefined();
  expect(await registryIn({ DK_REGISTRY: 'oci://ghcr.io/team/' })).toBe('ghcr.io/team');
  expect(await registryIn({ DK_REGISTRY: 'ghcr.io/team' }, 'localhost:5000')).toBe('localhost:5000');
  await expect(registryIn({}, 'Not A Registry')).rejects.toMatchObject({ kind: 'usage' });
});

test('what went in and what stayed out is told with its reason', async () => {
  const { directory, root, write } = temporaryRepository('older-layout');
  write('.env', 'PG_PASS=hunter2');
  write('tests/main.test.mjs', '');
  write('node_modules/x/index.js', '');
  const { included, leftOut, chart } = await buildPackage(buildContext(root).context, directory, withoutImage);
  expect(included.map(({ path, from }) => [path, from])).toEqual([
    ['Chart.yaml', null],
    ['dataset/orders.yaml', 'datasets/orders/dataset.yaml'],
    ['dataset/revenue.yaml', 'datasets/revenue/dk.yaml'],
    ['dk.yaml', 'dk.yaml'],
    ['templates/packagedeployment.yaml', null],
    ['values.schema.json', null],
    ['values.yaml', null],
  ]);
  expect(leftOut).toEqual([
    { path: '.env', why: 'may hold secrets' },
    { path: 'node_modules/', why: 'installed on this machine' },
    { path: 'src/', why: 'belongs into an image, and none was built' },
    { path: 'store/', why: 'Stores belong to the cell' },
    { path: 'tests/', why: 'tests stay with the source' },
  ]);
  expect(JSON.stringify(chart)).not.toMatch(/hunter2|kind: Store/);
});

test('an image that dk.yaml names is the chart’s, with the variables in its name', async () => {
  const { directory, root, write } = temporaryRepository();
  write('dk.yaml', transform('{ name: good-node, version: 1.0.0 }', '  image: registry.example/${TEAM}/node:1\n'));
  const { image } = await buildPackage(buildContext(root, { TEAM: 'blue' }).context, directory);
  expect(image).toEqual({ kind: 'named', reference: 'registry.example/blue/node:1' });
  await expect(buildPackage(buildContext(root).context, directory)).rejects.toMatchObject({ kind: 'invalid' });
});

test('without a container engine, or for a runtime that dk makes no image for, there is the chart alone', async () => {
  const node = temporaryRepository();
  const { image } = await buildPackage(buildContext(node.root).context, node.directory);
  expect(image).toMatchObject({ kind: 'none', why: expect.stringContaining('no-engine.sock') });
  const go = temporaryRepository('good-go');
  expect((await buildPackage(buildContext(go.root).context, go.directory)).image).toEqual({
    kind: 'none',
    why: 'dk builds none for the runtime generic-go: name one in dk.yaml, spec.image',
  });
});

test('every error that lint finds is told, and nothing is built', async () => {
  const { directory, root } = temporaryRepository('five-mistakes');
  const before = readdirSync(directory);
  await expect(buildPackage(buildContext(root).context, directory)).rejects.toMatchObject({
    kind: 'invalid',
    message: 'The package has 5 errors',
  });
  expect(readdirSync(directory)).toEqual(before);
});

test('a version that is missing, or has build metadata, cannot be built upon', async () => {
  const { directory, root, write } = temporaryRepository();
  const failure = async (metadata: string) => {
    write('dk.yaml', transform(metadata));
    return buildPackage(buildContext(root).context, directory, withoutImage).catch((error: unknown) => error);
  };
  expect(await failure('{ name: good-node }')).toMatchObject({
    kind: 'invalid',
    why: ['packages/good-node/dk.yaml:3:11 metadata: there is no version'],
  });
  expect(await failure('{ name: good-node, version: 1.0.0+7 }')).toMatchObject({
    kind: 'invalid',
    next: ['Write in dk.yaml: version: 1.0.0'],
  });
});

test('a folder that is reached by a link is the package that it leads to', async () => {
  const { directory, root, commit } = temporaryRepository();
  const head = commit();
  symlinkSync(directory, join(root, 'link'));
  const { chart } = await buildPackage(buildContext(root).context, join(root, 'link'), withoutImage);
  expect(chart.version).toBe(`1.0.0-g${head.slice(0, 7)}`);
});
