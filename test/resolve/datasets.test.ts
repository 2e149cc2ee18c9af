import { describe, expect, test } from 'vitest';
import { checkVersion } from '../../src/resolve/dataset-version.ts';
import { datasetsOf } from '../../src/resolve/datasets.ts';
import { dataset, packageOf } from './given.ts';

const pkg = packageOf({
  datasets: [
    dataset('orders', {}, { version: '1.3.0', labels: { domain: 'sales', tier: 'gold' } }),
    dataset('returns', {}, { version: '1.3.0-g29aef01', labels: { domain: 'sales' } }),
    dataset('visits', {}, { labels: { domain: 'web' } }),
  ],
  groups: { sales: ['returns', 'orders'], broken: ['orders', 'gone'] },
});
const names = (port: Parameters<typeof datasetsOf>[1]) => datasetsOf(pkg, port).map(({ metadata }) => metadata.name);

describe('datasetsOf', () => {
  test('finds a data set by its name, and a group’s by the group’s', () => {
    expect(names({ dataset: 'orders' })).toEqual(['orders']);
    expect([...names({ dataset: 'sales' })].sort()).toEqual(['orders', 'returns']);
  });

  test('finds by tags whatever carries all of these labels', () => {
    expect(names({ tags: { domain: 'sales' } })).toEqual(['orders', 'returns']);
    expect(names({ tags: { domain: 'sales', tier: 'gold' } })).toEqual(['orders']);
  });

  test('says which data sets there are when a name is not among them, with a near miss', () => {
    expect(() => names({ dataset: 'order' })).toThrow('Package etl has no data set order; did you mean "orders"?');
    expect(() => names({ dataset: 'broken' })).toThrow('Package etl has no data set gone');
  });

  test('says which labels nobody carries', () => {
    expect(() => names({ tags: { domain: 'sales', tier: 'lead' } })).toThrow(
      'No data set carries the labels domain=sales, tier=lead',
    );
  });

  const fits = (name: string, version: string) => {
    const [found] = datasetsOf(pkg, { dataset: name });
    return found && checkVersion(found, { version });
  };

  test.each(['^1.2', '1.x', '>=1.3.0-0 <2', '1.3.0'])('takes version 1.3.0 for %s', async (version) => {
    await expect(fits('orders', version)).resolves.toBeUndefined();
  });

  test.each(['^1.2', '>=1.2 <2'])('takes the prerelease 1.3.0-g29aef01 for %s', async (version) => {
    await expect(fits('returns', version)).resolves.toBeUndefined();
  });

  test('refuses another version, and a data set without one', async () => {
    await expect(fits('orders', '^2')).rejects.toThrow('Data set orders is version 1.3.0, and ^2 is asked for');
    await expect(fits('visits', '*')).rejects.toThrow('Data set visits has no version, and * is asked for');
  });

  test.each([[{}], [{ dataset: 'orders', tags: { domain: 'sales' } }]])('refuses the port %j', (port) => {
    expect(() => names(port)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});
