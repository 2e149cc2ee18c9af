import { type Row, type RowFormat, readRows } from '../data/rows.ts';
import type { Progress } from '../graph/step.ts';
import { readMetered } from './meter.ts';
import type { FileSource, InlineSource } from './source.ts';

/** A row of a seed with its place, such as `data/orders.ndjson:17`. */
export interface SeedRow {
  readonly row: Row;
  /** As JSON. */
  readonly text: string;
  readonly place: string;
}

/** The rows of a seed file, one at a time. */
export async function* fileRows(file: FileSource, format: RowFormat, progress: Progress): AsyncGenerator<SeedRow> {
  for await (const { row, text, line } of readRows(readMetered(file, progress), format, file.shown)) {
    yield { row, text, place: `${file.shown}:${line}` };
  }
}

/** The rows that stand in a manifest. */
export async function* inlineRows({ rows, placeOf }: InlineSource): AsyncGenerator<SeedRow> {
  for (const [index, row] of rows.entries()) yield { row, text: JSON.stringify(row), place: placeOf(index) };
}
