import { type AppFolder, valuesFile, versionFile } from '../../lint/app-folders.ts';
import { isMapping, type Mapping } from '../../manifest/mapping.ts';
import { valuesOf } from './chart-values.ts';
import type { Wish } from './deployments.ts';
import { editValues } from './edit-values.ts';

/** The texts of the two files of a deployment in a CM repo, by name; comments, and keys without a value, stay. */
export function appFiles(
  wish: Wish,
  present: { readonly app: AppFolder | undefined; readonly valuesText: string | undefined },
): Readonly<Record<string, string>> {
  const { app, valuesText } = present;
  // Who edits the version by hand would leave a digest behind that is no longer true.
  const values = valuesOf(wish, { digest: false });
  const empty = Object.entries(app?.values?.written ?? {}).filter(([, value]) => value === null);
  return {
    [versionFile]: `${wish.release.chart.version}\n`,
    [valuesFile]: editValues(valuesText ?? firstValues, inOrder({ ...Object.fromEntries(empty), ...values })),
  };
}

/** The cell, which the page shows alone, comes first; the rest as it is. */
function inOrder({ cell, package: reference, ...overrides }: Mapping): Mapping {
  return { cell, ...(isMapping(reference) && { package: reference }), ...overrides };
}

const firstValues = `# What stands here is stronger than the package's own dk.yaml: schedule, suspend, resources, env, timeout, …
# The version stands in version.txt, too; dk deploy, dk rollback and dk promote change both.
`;
