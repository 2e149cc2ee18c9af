import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../../src/commands/build.ts';
import { readChart } from '../../src/package/chart/read-chart.ts';
import { buildContext, temporaryRepository } from '../release/build/repository.ts';

const chartAlone = { image: false, output: 'table' } as const;

test('dk build writes the chart as a folder and as a file, and tells what went in, what stayed out and its digest', async () => {
  const { directory, commit } = temporaryRepository();
  const version = `1.0.0-g${commit().slice(0, 7)}`;
  const { context, stdout, stderr } = buildContext(directory);
  await build(context, chartAlone);
  expect(stdout()).toMatch(/^dk\.yaml +\d+ B +dk\.yaml$/m);
  expect(stdout()).toMatch(/^store\/ +Stores belong to the cell$/m);
  expect(stdout()).toMatch(new RegExp(`^VERSION +${version}$`, 'm'));
  expect(stdout()).toMatch(/^DIGEST +sha256:[0-9a-f]{64}$/m);
  expect(stderr()).toBe('The chart names no image, so no cluster can run it: none was wanted\n');
  const out = join(directory, 'dist/chart');
  expect(readdirSync(out).sort()).toEqual(['.gitignore', 'good-node', `good-node-${version}.tgz`]);
  const { files } = await readChart(readFileSync(join(out, `good-node-${version}.tgz`)));
  for (const { path, text } of files) expect(readFileSync(join(out, 'good-node', path), 'utf8')).toBe(text);
});

test('what dk build has written changes nothing for the next build', async () => {
  const { directory, commit, git } = temporaryRepository();
  commit();
  const digest = async () => {
    const { context, stdout } = buildContext(directory);
    await build(context, { ...chartAlone, output: 'json' });
    const { chart, dirty } = JSON.parse(stdout());
    return [chart.contentDigest, dirty];
  };
  const first = await digest();
  expect(await digest()).toEqual(first);
  expect(first[1]).toEqual([]);
  expect(git('status', '--porcelain')).toBe('');
});

test('JSON has package, commit, chart, image and files', async () => {
  const { directory, root, commit } = temporaryRepository();
  const revision = commit();
  const { context, stdout } = buildContext(root);
  await build(context, { directory: 'packages/good-node', out: 'charts', image: false, output: 'json' });
  expect(JSON.parse(stdout())).toMatchObject({
    apiVersion: 'datakit.infoblox.dev/cli/v1',
    kind: 'BuiltPackage',
    package: { name: 'good-node', version: `1.0.0-g${revision.slice(0, 7)}` },
    revision,
    created: '2026-11-23T03:09:14.000Z',
    dirty: [],
    chart: { folder: join(root, 'charts/good-node'), contentDigest: expect.stringMatching(/^sha256:/) },
    image: null,
    leftOut: expect.arrayContaining([{ path: 'store/', why: 'Stores belong to the cell' }]),
  });
  expect(existsSync(join(directory, 'dist'))).toBe(false);
});

test('a dirty version is built, with why it cannot be published', async () => {
  const { directory, commit, write } = temporaryRepository();
  commit();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) write(`notes/${name}.txt`, '');
  const { context, stderr } = buildContext(directory);
  await build(context, chartAlone);
  expect(stderr()).toMatch(
    /-dirty cannot be published, since nobody could make it again:\n {2}notes\/a.txt is not as in/,
  );
  expect(stderr()).toMatch(/ {2}and 2 more\nnext: /);
});

test('--out in the package itself is refused, as the chart would become part of the package', async () => {
  const { directory } = temporaryRepository();
  for (const out of ['.', 'charts', 'dist']) {
    await expect(build(buildContext(directory).context, { ...chartAlone, out })).rejects.toMatchObject({
      kind: 'usage',
      message: `--out ${out} is in the package itself`,
    });
  }
});

test('nothing that dk build did not write is replaced, the package’s own folder least of all', async () => {
  const { directory, root } = temporaryRepository();
  const before = readdirSync(directory);
  await expect(build(buildContext(directory).context, { ...chartAlone, out: '..' })).rejects.toMatchObject({
    kind: 'conflict',
    message: `${directory} is in the way`,
  });
  expect(readdirSync(directory)).toEqual(before);
  mkdirSync(join(root, 'charts'));
  writeFileSync(join(root, 'charts/good-node'), 'mine');
  await expect(build(buildContext(root).context, { ...chartAlone, directory, out: 'charts' })).rejects.toMatchObject({
    kind: 'conflict',
  });
});

test('a folder that cannot be made is told with its reason', async () => {
  const { directory, root } = temporaryRepository();
  writeFileSync(join(root, 'file'), '');
  await expect(
    build(buildContext(root).context, { ...chartAlone, directory, out: 'file/charts' }),
  ).rejects.toMatchObject({
    kind: 'prerequisite',
    why: [expect.stringContaining('ENOTDIR')],
  });
});

test('a folder that may not be written into is told', async ({ skip }) => {
  skip(process.getuid?.() === 0, 'root may write anywhere');
  const { directory, root } = temporaryRepository();
  mkdirSync(join(root, 'closed'));
  chmodSync(join(root, 'closed'), 0o500);
  await expect(build(buildContext(root).context, { ...chartAlone, directory, out: 'closed' })).rejects.toMatchObject({
    kind: 'prerequisite',
  });
});

test('where there is no package, that is what is told', async () => {
  const { root } = temporaryRepository();
  await expect(build(buildContext(root).context, { ...chartAlone, directory: 'packages' })).rejects.toMatchObject({
    kind: 'notFound',
  });
});
