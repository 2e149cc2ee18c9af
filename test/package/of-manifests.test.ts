import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadValidPackage } from '../../src/package/load.ts';
import { packageOfManifests } from '../../src/package/of-manifests.ts';
import { repository } from '../helpers/dk.ts';

const folder = join(repository, 'test/fixtures/packages/good-node');
const text = (path: string) => readFileSync(join(folder, path), 'utf8');
const paths = ['dk.yaml', 'dataset/orders.yaml', 'dataset/revenue.yaml'];
const texts = Object.fromEntries(paths.map((path) => [path, text(path)]));

it('texts are the package that they are in a folder, without its Stores', async () => {
  const values = ({ transform, datasets }: Awaited<ReturnType<typeof loadValidPackage>>) =>
    [transform, ...datasets].map(({ value }) => value);
  const loaded = await loadValidPackage(folder, { cwd: folder });
  expect(values(packageOfManifests(texts))).toEqual(values(loaded));
  expect(packageOfManifests(texts)).toMatchObject({ stores: [], connectors: [], groups: [] });
});

it('every error of texts is told with its place', () => {
  const broken = { ...texts, 'dataset/orders.yaml': text('dataset/orders.yaml').replace('store:', 'stor:') };
  expect(() => packageOfManifests(broken)).toThrow(
    expect.objectContaining({
      kind: 'invalid',
      why: [expect.stringMatching(/^dataset\/orders\.yaml:\d+:\d+ spec\.stor: /)],
    }),
  );
  expect(() => packageOfManifests({})).toThrow(expect.objectContaining({ why: ['there is no Transform among them'] }));
  const twice = { ...texts, 'dataset/again.yaml': text('dataset/orders.yaml') };
  expect(() => packageOfManifests(twice)).toThrow(
    expect.objectContaining({ why: [expect.stringContaining('another DataSet is named "orders"')] }),
  );
});
