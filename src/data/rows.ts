import { Failure } from '../failure.ts';
import { csvRecords } from './csv.ts';
import { splitJsonArray } from './json-array.ts';
import { decodeUtf8, type Line, splitLines } from './text-lines.ts';

/** Formats whose rows dk can read by itself. */
export type RowFormat = 'csv' | 'json' | 'ndjson';

export type Row = Readonly<Record<string, unknown>>;

/** One row with its place. */
export interface PlacedRow {
  readonly row: Row;
  /** The row as JSON; of a JSON file exactly what it says, since numbers may be finer than JavaScript's. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The format that the ending of a name says, or undefined where dk cannot read its rows. */
export function rowFormatOf(name: string): RowFormat | undefined {
  return (['csv', 'json', 'ndjson'] as const).find((format) => name.toLowerCase().endsWith(`.${format}`));
}

/** Rows one at a time, in flat memory; an invalid Failure names file and line of what is none. */
export async function* readRows(
  chunks: AsyncIterable<Uint8Array>,
  format: RowFormat,
  name: string,
): AsyncGenerator<PlacedRow> {
  const texts = decodeUtf8(chunks, name);
  switch (format) {
    case 'csv':
      yield* csvRows(splitLines(texts, name), name);
      break;
    case 'json':
      for await (const element of splitJsonArray(texts, name)) yield parseRow(element, name);
      break;
    case 'ndjson':
      for await (const line of splitLines(texts, name)) if (line.text.trim() !== '') yield parseRow(line, name);
      break;
  }
}

/** The names in a CSV file's first record; undefined for an empty file. */
export async function readCsvHeader(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): Promise<readonly string[] | undefined> {
  for await (const { fields } of csvRecords(splitLines(decodeUtf8(chunks, name), name), name)) return fields;
  return undefined;
}

async function* csvRows(lines: AsyncIterable<Line>, name: string): AsyncGenerator<PlacedRow> {
  let header: readonly string[] | undefined;
  for await (const { fields, line } of csvRecords(lines, name)) {
    if (header) {
      const row = Object.fromEntries(header.map((column, index) => [column, fields[index] ?? null]));
      yield { row, text: JSON.stringify(row), line };
    } else header = fields;
  }
}

function parseRow({ text, line }: Line, name: string): PlacedRow {
  const row = parseJson(text, `${name}:${line}`);
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return { row: row as Row, text, line };
  throw new Failure('invalid', { what: `${name}:${line}: a row must be an object, column by column` });
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure('invalid', {
      what: `${place}: cannot be read as JSON`,
      why: error instanceof Error ? error.message : [],
      cause: error,
    });
  }
}
