/** Keys to values in the order of the keys' UTF-8 bytes; every operation costs about the square root of the size. */
export class SortedMap<Value> {
  /** Sorted runs of entries, none empty. */
  readonly #runs: Entry<Value>[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const { run, at, found } = this.#find(sortable(key));
    return found ? this.#runs[run]?.[at]?.value : undefined;
  }

  set(key: string, value: Value): void {
    const entry = { sortKey: sortable(key), key, value };
    const { run, at, found } = this.#find(entry.sortKey);
    const entries = this.#runs[run];
    if (entries === undefined) {
      this.#runs.push([entry]);
    } else {
      entries.splice(at, found ? 1 : 0, entry);
      if (entries.length > maximumRun) this.#runs.splice(run + 1, 0, entries.splice(maximumRun / 2));
    }
    if (!found) this.#size += 1;
  }

  delete(key: string): void {
    const { run, at, found } = this.#find(sortable(key));
    const entries = this.#runs[run];
    if (!found || entries === undefined) return;
    entries.splice(at, 1);
    if (entries.length === 0) this.#runs.splice(run, 1);
    this.#size -= 1;
  }

  /** The entry with the smallest sort key that is at least (or, if `exclusive`, above) the one given. */
  next(sortKey: string, exclusive: boolean): Entry<Value> | undefined {
    const position = this.#find(sortKey);
    const at = position.found && exclusive ? position.at + 1 : position.at;
    return this.#runs[position.run]?.[at] ?? this.#runs[position.run + 1]?.[0];
  }

  /** Where the sort key is, or would be inserted: into the last run that does not begin above it. */
  #find(sortKey: string): { run: number; at: number; found: boolean } {
    const run = Math.max(0, partition(this.#runs, (entries) => (entries[0]?.sortKey ?? '') <= sortKey) - 1);
    const entries = this.#runs[run] ?? [];
    const at = partition(entries, (entry) => entry.sortKey < sortKey);
    return { run, at, found: entries[at]?.sortKey === sortKey };
  }
}

/** Splitting runs at this length keeps insertion cheap at a million entries. */
const maximumRun = 1024;

/** A key's place in the map. */
export interface Entry<Value> {
  readonly sortKey: string;
  readonly key: string;
  readonly value: Value;
}

/** One character for each UTF-8 byte: such strings compare as the bytes do, unlike UTF-16. */
export function sortable(key: string): string {
  return Buffer.from(key, 'utf8').toString('latin1');
}

/** The smallest sort key above all that begin with the prefix. UTF-8 has no byte 0xff, so the last one can grow. */
export function afterPrefix(prefix: string): string {
  const last = prefix.length - 1;
  return prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
}

/** How many of the items, from the start, the predicate holds for. */
function partition<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
