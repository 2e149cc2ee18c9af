import type { CellRepository } from '../cells/repository.ts';
import type { Store } from '../manifest/schema/store.ts';
import { hostAddressKeys } from './address.ts';
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

/** Looks up a key for one Store of a package: process environment, `.env`, then cell:local's Store of the same name. */
export function packageLookUp(keys: PackageKeys, store: Store): LookUp {
  return async (key) => {
    const lookedAt = ['the environment', '.env of the package'];
    const given = keys.env[key] ?? keys.dotEnv[key];
    if (given !== undefined) return { value: given, lookedAt };
    if (!keys.local) return { lookedAt: [...lookedAt, 'cell local (no local environment is up)'] };
    const { values, place } = await localKeys(keys.local, store);
    const value = values[key];
    return { ...(value === undefined ? {} : { value }), lookedAt: [...lookedAt, place] };
  };
}

async function localKeys(local: CellRepository, store: Store) {
  const { name } = store.metadata;
  const twin = await local.store(localCell, name);
  if (!twin) return { values: {}, place: `cell local has no Store ${name} (${local.where})` };
  if (twin.spec.connector !== store.spec.connector) {
    return { values: {}, place: `Store ${name} of cell local is ${twin.spec.connector}, not ${store.spec.connector}` };
  }
  const secret = (await local.secrets.read(localCell, name)) ?? {};
  return {
    values: { ...secret, ...hostAddressKeys(twin) } as Readonly<Record<string, string>>,
    place: `Secret ${name} of cell local (${local.where})`,
  };
}
