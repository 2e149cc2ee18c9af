import { afterPrefix, type Entry, type SortedMap, sortable } from './sorted-map.ts';

interface ListingQuery {
  readonly prefix: string;
  /** Empty: no grouping. */
  readonly delimiter: string;
  /** Only keys and common prefixes above this one; those below a common prefix given here are skipped too. */
  readonly after: string;
  readonly maximum: number;
}

/** One page of keys and common prefixes. */
export interface Listing<Value> {
  readonly entries: readonly Entry<Value>[];
  readonly commonPrefixes: readonly string[];
  /** Set if there is more: the last key or common prefix of this page, to go on after. */
  readonly next: string | undefined;
}

/** Reads a page from the map; costs a search for each item of the page, however many keys a common prefix hides. */
export function list<Value>(map: SortedMap<Value>, query: ListingQuery): Listing<Value> {
  const entries: Entry<Value>[] = [];
  const commonPrefixes: string[] = [];
  const prefix = sortable(query.prefix);
  let last: string | undefined;
  let entry = first(map, query);
  while (entry?.sortKey.startsWith(prefix) && query.maximum > 0) {
    if (entries.length + commonPrefixes.length >= query.maximum) return { entries, commonPrefixes, next: last };
    const common = commonPrefix(entry.key, query);
    if (common === undefined) {
      entries.push(entry);
      last = entry.key;
      entry = map.next(entry.sortKey, true);
    } else {
      commonPrefixes.push(common);
      last = common;
      entry = map.next(afterPrefix(sortable(common)), false);
    }
  }
  return { entries, commonPrefixes, next: undefined };
}

function first<Value>(map: SortedMap<Value>, { prefix, delimiter, after }: ListingQuery): Entry<Value> | undefined {
  const [from, start] = [sortable(after), sortable(prefix)];
  if (after === '' || from < start) return map.next(start, false);
  // A page that ended with a common prefix goes on behind all that it stands for.
  const endsWithGroup = delimiter !== '' && commonPrefix(after, { prefix, delimiter }) === after;
  return endsWithGroup ? map.next(afterPrefix(from), false) : map.next(from, true);
}

/** What the key is grouped under; undefined if it stands for itself. */
export function commonPrefix(
  key: string,
  { prefix, delimiter }: Pick<ListingQuery, 'prefix' | 'delimiter'>,
): string | undefined {
  if (delimiter === '' || !key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
