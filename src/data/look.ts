import { Failure } from '../failure.ts';
import type { Manifest, Package } from '../manifest/manifest.ts';
import type { Where } from '../resolve/resolve.ts';
import { headOfObjects, listObjects, type ObjectListing } from './look-at-objects.ts';
import { headOfTable, listTable, type TableListing } from './look-at-table.ts';
import { namingStore } from './name-store.ts';
import { declaredCells, findDataSet, type Place, resolvePlaces } from './place.ts';
import type { Row } from './rows.ts';

/** Finds a data set: in the cell asked for, else where the package's own run finds it. */
export async function findPlace(pkg: Package, dataset: string, where: Where) {
  findDataSet(pkg, dataset);
  const [cell] = where.cell === undefined ? declaredCells(pkg, dataset) : [undefined];
  const { places, secretValues } = await resolvePlaces(pkg, [{ dataset, cell }], where);
  const [place] = places;
  if (!place) throw new Error(`data set ${dataset} was not resolved`);
  return { place, secretValues };
}

/** What a data set has: its table's size, or its objects; at most `limit` of them are kept. */
export function list(place: Place, limit: number, signal: AbortSignal): Promise<TableListing | ObjectListing> {
  switch (place.port.connector) {
    case 'postgres':
      return listTable(place, signal);
    case 's3':
      return ofStore(place, listObjects(place, limit, signal));
    default:
      throw noWayTo(place.port.connector, place.manifest);
  }
}

/** The first rows of a data set. */
export function head(place: Place, limit: number, signal: AbortSignal): Promise<readonly Row[]> {
  switch (place.port.connector) {
    case 'postgres':
      return headOfTable(place, limit, signal);
    case 's3':
      return ofStore(place, headOfObjects(place, limit, signal));
    default:
      throw noWayTo(place.port.connector, place.manifest);
  }
}

async function ofStore<Seen>({ store }: Place, seen: Promise<Seen>): Promise<Seen> {
  return seen.catch((error: unknown) => {
    throw namingStore(error, store);
  });
}

/** The Failure for a data set in a Store of a kind that dk does not speak with. */
export function noWayTo(connector: string, { value }: Manifest<'DataSet'>): Failure {
  return new Failure('prerequisite', {
    what: `Data set ${value.metadata.name} is in Store ${value.spec.store}, and dk does not speak ${connector}`,
    why: 'It reads and writes the data of postgres and s3 Stores',
    next: 'dk env prints its address, for a program that does',
  });
}
