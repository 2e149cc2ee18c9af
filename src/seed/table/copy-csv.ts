import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { isDatabaseError } from '../../data/database-error.ts';
import { readCsvHeader } from '../../data/rows.ts';
import { Failure } from '../../failure.ts';
import type { Progress } from '../../graph/step.ts';
import { quoteIdentifier } from '../../tools/postgres.ts';
import { readMetered } from '../meter.ts';
import type { FileSource } from '../source.ts';
import type { Table } from './inspect.ts';
import { checkColumns, misfit } from './misfit.ts';

/** Streams a CSV file into the columns that its header names; gives the number of rows. */
export async function copyCsv(client: Client, table: Table, file: FileSource, progress: Progress): Promise<number> {
  const header = await readCsvHeader(createReadStream(file.path), file.shown);
  if (!header) throw new Failure('invalid', { what: `${file.shown}:1: has no header with the names of the columns` });
  checkColumns(header, table, `${file.shown}:1`);
  // Bundled, a CommonJS module has only its default export.
  const { from } = (await import('pg-copy-streams')).default;
  const columns = header.map(quoteIdentifier).join(', ');
  // MATCH: Postgres must have read the same header.
  const copy = from(`COPY ${table.quoted} (${columns}) FROM STDIN WITH (FORMAT csv, HEADER MATCH, ENCODING 'UTF8')`);
  try {
    await pipeline(readMetered(file, progress), withoutByteOrderMark, client.query(copy), { signal: progress.signal });
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    const line = /, line (\d+)/.exec(error.where ?? '')?.[1] ?? '1';
    throw misfit(`${file.shown}:${line}`, table, error);
  }
  return copy.rowCount;
}

/** Postgres takes the mark for a part of the first column's name. */
async function* withoutByteOrderMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    const marked = first && chunk.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf));
    yield marked ? chunk.subarray(3) : chunk;
    first = false;
  }
}
