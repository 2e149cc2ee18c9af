import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { findPlace, head, list } from '../data/look.ts';
import type { ObjectListing } from '../data/look-at-objects.ts';
import type { TableListing } from '../data/look-at-table.ts';
import type { Place } from '../data/place.ts';
import type { Row } from '../data/rows.ts';
import { Failure } from '../failure.ts';
import { loadValidPackage } from '../package/load.ts';
import { type OutputFormat, printResult } from '../report/result.ts';
import { formatBytes, formatTable } from '../report/table.ts';
import { rememberingOptions } from './read-options.ts';
import { openWhere, type WhereFlags } from './where.ts';

export interface DataFlags extends WhereFlags {
  /** Folder of the package; the current directory when absent. */
  readonly package?: string;
  /** `-n`: rows of `head`, objects of `ls`. */
  readonly n: string;
  readonly output: OutputFormat;
}

/** `dk data ls`: rows and size of a data set's table, or its objects. */
export async function dataLs(context: Context, dataset: string, flags: DataFlags): Promise<void> {
  const limit = count(flags.n);
  const place = await open(context, dataset, flags);
  const listing = await list(place, limit, context.signal);
  await printResult(context, flags.output, {
    kind: 'DataListing',
    data: { ...whatAndWhere(place), ...listing },
    table: () => (listing.type === 'table' ? tableText(listing) : objectsText(listing)),
  });
}

/** `dk data head`: the first rows of a data set. */
export async function dataHead(context: Context, dataset: string, flags: DataFlags): Promise<void> {
  const limit = count(flags.n);
  const place = await open(context, dataset, flags);
  const rows = await head(place, limit, context.signal);
  await printResult(context, flags.output, {
    kind: 'DataHead',
    data: { ...whatAndWhere(place), rows },
    table: () => rowsText(rows),
  });
}

async function open(context: Context, dataset: string, flags: DataFlags): Promise<Place> {
  const pkg = await loadValidPackage(
    resolve(context.cwd, flags.package ?? '.'),
    await rememberingOptions(context, flags.context),
  );
  const { place, secretValues } = await findPlace(pkg, dataset, await openWhere(context, pkg.directory, flags));
  context.secrets.add(secretValues);
  return place;
}

const most = 10_000;

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Failure('usage', { what: `-n ${text} is not a number from 1 to ${most}` });
}

function whatAndWhere({ port }: Place) {
  return { dataset: port.dataset, cell: port.cell ?? null, store: port.store };
}

function tableText({ table, rows, bytes }: TableListing): string {
  return formatTable(['TABLE', 'ROWS', 'SIZE'], [[table, String(rows), formatBytes(bytes)]]);
}

function objectsText({ prefix, objects, count: all, bytes }: ObjectListing): string {
  const rows = objects.map(({ key, size, modifiedAt }) => [shown(key), formatBytes(size), modifiedAt.toISOString()]);
  const hidden = all === objects.length ? '' : `; the first ${objects.length} are shown, more with -n`;
  const total = `${all} ${all === 1 ? 'object' : 'objects'}, ${formatBytes(bytes)} below ${shown(prefix)}${hidden}`;
  return all === 0 ? total : `${formatTable(['KEY', 'SIZE', 'MODIFIED'], rows)}\n${total}`;
}

function rowsText(rows: readonly Row[]): string {
  if (rows.length === 0) return 'no rows';
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return formatTable(
    columns.map(shown),
    rows.map((row) => columns.map((column) => cellText(row[column]))),
  );
}

const widest = 60;

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = shown(typeof value === 'object' ? JSON.stringify(value) : String(value));
  const characters = [...text.slice(0, 4 * widest)];
  return characters.length > widest ? `${characters.slice(0, widest - 1).join('')}…` : text;
}

/** Data must not steer the terminal. */
function shown(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) =>
    JSON.stringify(control)
      .slice(1, -1)
      .replace(/^[^\\]/, '�'),
  );
}
