import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lintPath } from '../../src/lint/lint.ts';
import { problemText } from '../../src/manifest/problem.ts';
import { fixture, temporaryFolder } from './temporary.ts';

const root = new URL('../../', import.meta.url).pathname;

async function linted(folder: string, path = '.'): Promise<readonly string[]> {
  return (await lintPath(join(folder, path), { cwd: folder })).map(problemText);
}

test.each(['good-node', 'good-python', 'good-go', 'good-dbt'])('the package %s is without problems', async (name) => {
  expect(await linted(fixture(name))).toEqual([]);
});

test('every example is without problems', async () => {
  const entries = await readdir(join(root, 'examples'), { withFileTypes: true });
  const examples = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(examples).toContain('pg-to-s3');
  for (const example of examples) expect(await linted(join(root, 'examples', example)), example).toEqual([]);
});

test('five mistakes in three files are found at once, each at its place', async () => {
  const said = await lintPath(fixture('five-mistakes'), { cwd: fixture('.') });
  expect(said.map(problemText)).toEqual([
    'five-mistakes/dataset/revenue.yaml:9:11 spec.format: "cvs" is not one of parquet, json, ndjson, csv, avro; did you mean "csv"?',
    'five-mistakes/dk.yaml:5:12 metadata.version: must have no leading v; did you mean "1.0.0"?',
    'five-mistakes/dk.yaml:9:16 spec.inputs[0].dataset: there is no DataSet "order" in dataset/; did you mean "orders"?',
    'five-mistakes/dk.yaml:12:3 spec.timout: unknown field; did you mean "timeout"?',
    'five-mistakes/store/warehouse.yaml:12:15 spec.secrets.password: must be a ${KEY} and nothing else, such as ${PG_PASS}',
  ]);
});

test('a package without dk.yaml is told so, and its other files are checked all the same', async () => {
  const folder = await temporaryFolder({ 'store/x.yaml': 'kind: Store\n' });
  expect(await linted(folder)).toEqual([
    'dk.yaml:1:1 there is no Transform: a package begins with a dk.yaml that holds one',
    'store/x.yaml:1:1 apiVersion: required field is missing; ours is datakit.infoblox.dev/v1alpha1',
  ]);
});

test('what an unreadable file might hold is not said to be missing', async () => {
  const folder = await temporaryFolder({ 'dataset/orders.yaml': 'a: b: c\n' }, 'good-node');
  expect(await linted(folder)).toEqual([
    'dataset/orders.yaml:1:4 not YAML: nested mappings are not allowed in compact mappings',
  ]);
});

test('an entry point, a seed file and an ignored .env are looked for in the folder', async () => {
  const seeded = (text: string) => text.replace('    seed:\n', '    seed:\n      file: data/orders.csv\n');
  const folder = await temporaryFolder({ '.env': 'A=b\n' }, 'good-node');
  await mkdir(join(folder, '.git'));
  expect(await linted(folder)).toEqual([
    'dk.yaml:1:1 warning: beside this file is a .env that Git would take; write .env into .gitignore',
  ]);
  const orders = join(folder, 'dataset/orders.yaml');
  await writeFile(orders, seeded(await readFile(orders, 'utf8')));
  await writeFile(join(folder, '.gitignore'), 'node_modules/\n.env\n');
  await rm(join(folder, 'src'), { recursive: true });
  expect((await linted(folder)).map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
    'dataset/orders.yaml:17:13 spec.dev.seed.file: there is no such file in the package',
    'dk.yaml:7:12 spec.runtime: there is no src/main.js, no src/main.mjs, no src/main.ts; give one, or a command, or an image',
  ]);
  await mkdir(join(folder, 'data'));
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'data/orders.csv'), 'id\n');
  await writeFile(join(folder, 'src/main.ts'), '');
  expect(await linted(folder)).toEqual([]);
});

test('one file is checked as far as it can be by itself', async () => {
  expect(await linted(fixture('good-node'), 'dk.yaml')).toEqual([]);
  expect(await linted(fixture('good-node'), 'dataset/orders.yaml')).toEqual([]);
  expect(await linted(fixture('five-mistakes'), 'store/warehouse.yaml')).toEqual([
    'store/warehouse.yaml:12:15 spec.secrets.password: must be a ${KEY} and nothing else, such as ${PG_PASS}',
  ]);
});

test('a path that does not exist, and a folder with nothing to check, are not found', async () => {
  const folder = await temporaryFolder({ 'README.md': '' });
  await expect(linted(folder, 'nowhere')).rejects.toMatchObject({
    kind: 'notFound',
    message: 'There is no file or folder nowhere',
  });
  await expect(linted(folder)).rejects.toMatchObject({
    kind: 'notFound',
    message: 'There is nothing to check in this folder',
  });
});
