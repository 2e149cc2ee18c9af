import type { Manifest, Package } from '../manifest/manifest.ts';
import type { Port } from '../manifest/schema/transform.ts';

/** The DataSets that an input or output means by name, by group or by labels; what is not there is left out. */
export function datasetsOf(
  { datasets, groups }: Pick<Package, 'datasets' | 'groups'>,
  { dataset, tags = {} }: Port,
): readonly Manifest<'DataSet'>[] {
  if (dataset === undefined) {
    return datasets.filter(({ value }) =>
      Object.entries(tags).every(([name, wanted]) => value.metadata.labels?.[name] === wanted),
    );
  }
  const group = groups.find(({ value }) => value.metadata.name === dataset);
  const names = group?.value.spec.datasets ?? [dataset];
  return datasets.filter(({ value }) => names.includes(value.metadata.name));
}
