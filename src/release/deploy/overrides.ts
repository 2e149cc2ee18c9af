import { Failure } from '../../failure.ts';
import { faultsOfValues } from '../../lint/app-values.ts';
import { isMapping, type Mapping } from '../../manifest/mapping.ts';
import { pathText } from '../../manifest/problem.ts';
import { withSettings } from '../../resolve/setting.ts';
import type { Overrides } from './deployments.ts';

/** What a deployment says, with `--set path=value` put into it; null takes away. A usage Failure for what no chart takes. */
export function withOverrides(overrides: Overrides, settings: readonly string[]): Overrides {
  const said: Mapping = overrides;
  const changed = withSettings(said, settings, (values) =>
    faultsOfValues(withoutNulls(values)).map(({ path }) => path),
  );
  const taken = ['cell', 'package'].find((name) => Object.hasOwn(changed, name));
  if (taken !== undefined) throw new Failure('usage', { what: `--set cannot set ${taken}: it is what is deployed` });
  const kept = withoutNulls(changed);
  const faults = faultsOfValues(kept).map(({ path, message }) => `${pathText(path)}: ${message}`);
  if (faults.length > 0) throw new Failure('usage', { what: '--set makes values that no chart takes', why: faults });
  // They have just been found to be values of a chart, without cell and package.
  return kept as Overrides;
}

function withoutNulls(values: Mapping): Mapping {
  const entries = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name, isMapping(value) ? withoutNulls(value) : value]));
}
