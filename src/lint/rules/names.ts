import { isVersion } from '../../manifest/grammar/version.ts';
import { variableName } from '../../resolve/variables.ts';
import { type Finding, finding, type Subject } from '../rule.ts';

export function* packageName({ transform }: Subject): Iterable<Finding> {
  if (!transform?.value.metadata.name.includes('--')) return;
  yield finding(transform, ['metadata', 'name'], 'must not have two hyphens in a row');
}

export function* storeNames({ stores }: Subject): Iterable<Finding> {
  for (const store of stores) {
    if (!/^(dsn|type)(-|$)/.test(store.value.metadata.name)) continue;
    const message =
      "must not be dsn or type, nor begin with dsn- or type-: its variables would be read as another Store's";
    yield finding(store, ['metadata', 'name'], message);
  }
}

export function* versions({ transform, datasets, connectors }: Subject): Iterable<Finding> {
  for (const manifest of [...(transform ? [transform] : []), ...datasets, ...connectors]) {
    const { version } = manifest.value.metadata;
    if (version === undefined || isVersion(version)) continue;
    yield finding(manifest, ['metadata', 'version'], versionMessage(version));
  }
  for (const connector of connectors) {
    const { version } = connector.value.spec;
    if (version === undefined || isVersion(version)) continue;
    yield finding(connector, ['spec', 'version'], versionMessage(version));
  }
}

function versionMessage(version: string): string {
  const unprefixed = version.replace(/^v/, '');
  if (isVersion(unprefixed)) return `must have no leading v; did you mean "${unprefixed}"?`;
  return 'must be a version such as 1.2.4';
}

/** Two Stores, or a Store and a field of another, may come to one name of a variable: `a-b` + `c` and `a` + `b_c`. */
export function* variablesCollide({ stores }: Subject): Iterable<Finding> {
  const owners = new Map<string, string>();
  for (const store of stores) {
    const { name } = store.value.metadata;
    for (const variable of variablesOf(store.value)) {
      const owner = owners.get(variable);
      owners.set(variable, name);
      if (owner === undefined || owner === name) continue;
      yield finding(
        store,
        ['metadata', 'name'],
        `the variable ${variable} would belong to the Stores "${owner}" and "${name}"`,
      );
      break;
    }
  }
}

function variablesOf({ metadata, spec }: Subject['stores'][number]['value']): readonly string[] {
  const store = variableName(metadata.name);
  const fields = Object.keys({ ...spec.connection, ...spec.secrets });
  return [`DK_STORE_DSN_${store}`, ...fields.map((field) => `DK_STORE_${store}_${variableName(field)}`)];
}
