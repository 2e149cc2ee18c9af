import { isDeepStrictEqual } from 'node:util';
import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';

/** A manifest without its status, which is never applied. */
export function written<Resource extends Cell | Store>({ status: _, ...rest }: Resource): Omit<Resource, 'status'> {
  return rest;
}

/** Whether two values are the same data, whatever the order of their keys; undefined is absent. */
export function sameContent(one: object, other: object): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
