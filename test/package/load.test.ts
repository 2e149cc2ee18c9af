import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { problemText } from '../../src/manifest/problem.ts';
import { loadPackage, loadValidPackage } from '../../src/package/load.ts';
import { fixture, temporaryFolder } from '../lint/temporary.ts';

const load = (folder: string) => loadPackage(folder, { cwd: folder });
const problemsIn = async (folder: string) => (await load(folder)).problems.map(problemText);
const header = (kind: string, name: string) =>
  `apiVersion: datakit.infoblox.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;
const bucket = (name: string) => `${header('Store', name)}spec: { connector: s3, connection: { bucket: b } }\n`;

test('a package has its Transform, DataSets, Connectors and Stores', async () => {
  const { package: pkg, problems } = await load(fixture('good-node'));
  expect(problems).toEqual([]);
  expect(pkg?.directory).toBe(fixture('good-node'));
  expect(pkg?.transform.value.metadata.name).toBe('good-node');
  expect(pkg?.datasets.map(({ value }) => value.metadata.name)).toEqual(['orders', 'revenue']);
  expect(pkg?.stores.map(({ value }) => value.metadata.name)).toEqual(['lake-raw', 'warehouse']);
  expect([pkg?.connectors, pkg?.groups]).toEqual([[], []]);
});

test('the older layout of DataSets is read, and its legacy fields only warn', async () => {
  const { package: pkg, problems } = await load(fixture('older-layout'));
  expect(pkg?.datasets.map(({ value }) => value.metadata.name)).toEqual(['orders', 'revenue']);
  expect(problems.map(({ severity }) => severity)).toEqual(['warning']);
});

test('one error is enough for there to be no package', async () => {
  const { package: pkg, problems } = await load(fixture('five-mistakes'));
  expect(pkg).toBeUndefined();
  expect(problems.filter(({ severity }) => severity === 'error')).toHaveLength(2);
});

test('two manifests of one name are a problem that names both places', async () => {
  const folder = await temporaryFolder({ 'store/again.yml': bucket('lake-raw') }, 'good-node');
  expect(await problemsIn(folder)).toEqual([
    'store/lake-raw.yaml:4:9 metadata.name: another Store is named "lake-raw", at store/again.yml:3:19',
  ]);
});

test('a group cannot share the name of a DataSet', async () => {
  const group = `${header('DataSetGroup', 'orders')}spec: { store: warehouse, datasets: [orders] }\n`;
  const folder = await temporaryFolder({ 'dataset/x.yaml': group }, 'good-node');
  expect(await problemsIn(folder)).toEqual([
    'dataset/x.yaml:3:19 metadata.name: another DataSet is named "orders", at dataset/orders.yaml:4:9',
  ]);
});

test('a kind in the wrong folder is a problem, and so is one that is not ours', async () => {
  const files = {
    'connector/x.yaml': bucket('x'),
    'store/y.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: y }\n',
  };
  expect(await problemsIn(await temporaryFolder(files, 'good-node'))).toEqual([
    'connector/x.yaml:2:7 kind: a Store does not belong here; this file is for Connector',
    'store/y.yaml:1:1 kind: a Secret does not belong here; this file is for Store',
  ]);
});

test('other files, hidden ones and other folders are left alone', async () => {
  const files = {
    'store/README.md': '- [',
    'store/.x.yaml.swp': '- [',
    'store/.hidden.yaml': '- [',
    'src/x.yaml': '- [',
  };
  expect(await problemsIn(await temporaryFolder(files, 'good-node'))).toEqual([]);
});

test('links that lead out of the package are refused, others are followed', async () => {
  const outside = await temporaryFolder({ 'secret.yaml': bucket('outside'), 'stores/deep.yaml': bucket('deep') });
  const folder = await temporaryFolder({ 'shared/inside.yaml': bucket('inside') }, 'good-node');
  await symlink(join(outside, 'secret.yaml'), join(folder, 'store/secret.yaml'));
  await symlink(join(folder, 'shared/inside.yaml'), join(folder, 'store/inside.yaml'));
  await symlink('nowhere.yaml', join(folder, 'store/gone.yaml'));
  await symlink('loop.yaml', join(folder, 'store/loop.yaml'));
  await symlink(join(outside, 'stores'), join(folder, 'connector'));
  expect(await problemsIn(folder)).toEqual([
    'connector/deep.yaml:1:1 is a link to a place outside of this folder',
    'store/gone.yaml:1:1 is a link to nothing',
    'store/loop.yaml:1:1 is a link to itself',
    'store/secret.yaml:1:1 is a link to a place outside of this folder',
  ]);
});

test('a package that is itself reached through a link is read', async () => {
  const folder = await temporaryFolder({}, 'good-node');
  const link = `${folder}-link`;
  await symlink(folder, link);
  try {
    expect((await load(link)).package?.directory).toBe(link);
  } finally {
    await rm(link);
  }
});

test('files that are too large, no text, or no files are refused', async () => {
  const folder = await temporaryFolder({ 'store/large.yaml': '#'.repeat(1024 * 1024 + 1) }, 'good-node');
  await writeFile(join(folder, 'store/latin.yaml'), Buffer.from([0x23, 0xe4, 0x0a]));
  await mkdir(join(folder, 'store/folder.yaml'));
  expect(await problemsIn(folder)).toEqual([
    'store/folder.yaml:1:1 is a folder, not a file',
    'store/large.yaml:1:1 has 1048577 bytes; a manifest has at most 1048576',
    'store/latin.yaml:1:1 is not UTF-8 text',
  ]);
});

test('a file that cannot be read is a problem', async ({ skip }) => {
  skip(process.getuid?.() === 0, 'root can read every file');
  const folder = await temporaryFolder({ 'store/x.yaml': bucket('x') }, 'good-node');
  await chmod(join(folder, 'store/x.yaml'), 0);
  expect(await problemsIn(folder)).toEqual(['store/x.yaml:1:1 cannot be read: permission denied']);
});

test('problems name files as seen from where the command was started', async () => {
  const { problems } = await loadPackage(fixture('five-mistakes'), { cwd: fixture('.') });
  expect(problems[0]?.file).toBe('five-mistakes/dataset/revenue.yaml');
  const elsewhere = await loadPackage(fixture('five-mistakes'), { cwd: join(tmpdir(), 'elsewhere') });
  expect(elsewhere.problems[0]?.file).toBe(fixture('five-mistakes/dataset/revenue.yaml'));
});

test('a folder without dk.yaml has one problem, which says so', async () => {
  const folder = await temporaryFolder({ 'store/x.yaml': bucket('x') });
  expect(await load(folder)).toEqual({
    package: undefined,
    problems: [expect.objectContaining({ file: 'dk.yaml', message: expect.stringContaining('there is no Transform') })],
  });
});

test('whoever needs a valid package gets it, or one failure with every error', async () => {
  const options = { cwd: fixture('.') };
  expect((await loadValidPackage(fixture('good-node'), options)).transform.value.metadata.name).toBe('good-node');
  const failure = await loadValidPackage(fixture('five-mistakes'), options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({
    kind: 'invalid',
    message: 'The package in five-mistakes has 2 errors',
    why: [
      'five-mistakes/dataset/revenue.yaml:9:11 spec.format: "cvs" is not one of parquet, json, ndjson, csv, avro; did you mean "csv"?',
      'five-mistakes/dk.yaml:12:3 spec.timout: unknown field; did you mean "timeout"?',
    ],
  });
});

test('no folder, a file, and a folder without dk.yaml are not found', async () => {
  const folder = await temporaryFolder({ 'README.md': '' });
  const options = { cwd: folder };
  await expect(loadValidPackage(join(folder, 'x'), options)).rejects.toMatchObject({
    kind: 'notFound',
    message: 'There is no folder x',
    next: ['Name the folder of a package, or make one: dk init my-package'],
  });
  await mkdir(join(folder, 'orders'));
  await expect(loadValidPackage(join(folder, 'order'), options)).rejects.toMatchObject({
    message: 'There is no folder order; did you mean "orders"?',
  });
  await expect(loadValidPackage(join(folder, 'README.md'), options)).rejects.toMatchObject({ kind: 'notFound' });
  await expect(loadValidPackage(folder, options)).rejects.toMatchObject({
    kind: 'notFound',
    message: 'There is no package in this folder: it holds no dk.yaml',
  });
});
