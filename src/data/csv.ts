import { checkLength, type Line } from './text-lines.ts';

/** One record with the line on which it begins. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/** The records of a CSV text as RFC 4180 has them: quoted fields may hold commas, doubled quotes and line ends. */
export async function* csvRecords(lines: AsyncIterable<Line>, name: string): AsyncGenerator<CsvRecord> {
  let open: Line | undefined;
  for await (const { text, line } of lines) {
    const record: Line = open ? { text: `${open.text}\n${text}`, line: open.line } : { text, line };
    checkLength(record.text.length, name, record.line);
    open = isComplete(record.text) ? undefined : record;
    if (!open) yield { fields: fieldsOf(record.text), line: record.line };
  }
  if (open) yield { fields: fieldsOf(open.text), line: open.line };
}

/** Rows as CSV with a header. As in Postgres, nothing stands for null and `""` for the empty text. */
export function formatCsv(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const lines = rows.map((row) => columns.map((column) => formatField(row[column])).join(','));
  return [columns.map(formatField).join(','), ...lines].map((line) => `${line}\n`).join('');
}

function isComplete(text: string): boolean {
  return (text.split('"').length - 1) % 2 === 0;
}

function fieldsOf(record: string): string[] {
  const fields = [...record.matchAll(/("(?:[^"]|"")*"[^,]*|[^,]*)(?:,|$)/g)].map(([, field = '']) => unquote(field));
  // The pattern matches once more, empty, behind the last field; not so behind a comma that ends the record.
  return record.endsWith(',') || record === '' ? fields : fields.slice(0, -1);
}

function unquote(field: string): string {
  return field.startsWith('"') ? field.replace(/^"((?:[^"]|"")*)"/, (_, inner) => inner.replaceAll('""', '"')) : field;
}

function formatField(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
