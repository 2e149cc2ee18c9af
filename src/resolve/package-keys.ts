import type { CellRepository } from '../cells/repository.ts';
import type { Store } from '../manifest/schema/store.ts';
import { addressKeys, type Reach } from './address.ts';
import type { LookUp } from './placeholders.ts';

/** Where the keys of a package's own `store/` come from, in this order. */
export interface PackageKeys {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Content of the package's `.env`. */
  readonly dotEnv: Readonly<Record<string, string | undefined>>;
  /** The local environment, when it is up. */
  readonly local: CellRepository | undefined;
}

/** The cell of an environment whose credentials serve a package's own Stores. */
export const localCell = 'local';

/**
 * Looks up a key for one Store of a package: process environment, `.env`, then cell:local's Store of the same name,
 * if it is of the same type of connector.
 */
export function packageLookUp(keys: PackageKeys, store: Store, connector: string, reach: Reach): LookUp {
  const readLocal = once(() => localKeys(keys.local, store, connector, reach));
  return async (key) => {
    const given = givenKey(keys, key);
    if (given !== undefined) return { value: given, lookedAt: [] };
    const { values, place } = await readLocal();
    const value = valueIn(values, key);
    return { ...(value === undefined ? {} : { value }), lookedAt: [...givenPlaces, place] };
  };
}

/** What the user said of a key, in the environment or in the package's `.env`. */
export function givenKey({ env, dotEnv }: PackageKeys, key: string): string | undefined {
  return valueIn(env, key) ?? valueIn(dotEnv, key);
}

/** Where `givenKey` looks, as messages name it. */
export const givenPlaces: readonly string[] = ['the environment', '.env of the package'];

/** The value of a key of its own: `toString` is no key. */
export function valueIn(values: Readonly<Record<string, string | undefined>> | undefined, key: string) {
  return values && Object.hasOwn(values, key) ? values[key] : undefined;
}

async function localKeys(local: CellRepository | undefined, store: Store, connector: string, reach: Reach) {
  const { name } = store.metadata;
  if (!local) return { values: {}, place: 'cell local (no local environment is up)' };
  const twin = await local.store(localCell, name);
  if (!twin) return { values: {}, place: `cell local, which has no Store ${name} (${local.where})` };
  if (twin.spec.connector !== connector) {
    return { values: {}, place: `Store ${name} of cell local, which is ${twin.spec.connector} and not ${connector}` };
  }
  const secret = await local.secrets.read(localCell, name);
  return { values: { ...secret, ...addressKeys(twin, reach) }, place: `Secret ${name} of cell local (${local.where})` };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
