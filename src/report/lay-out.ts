import { cellEnd } from './table.ts';
import { widthOf } from './width.ts';

type Line = readonly string[];

const gap = 2;
/** A value keeps this room, however narrow the terminal is. */
const leastRoom = 20;

/** Aligns the tables in a text for a terminal of so many columns; lines outside of tables stay as they are. */
export function layOut(text: string, room = Number.POSITIVE_INFINITY): string {
  const done: string[] = [];
  let table: Line[] = [];
  const endTable = () => {
    const [header, ...rows] = table;
    if (header) done.push(...layOutTable(header, rows, room));
    table = [];
  };
  for (const line of text.split('\n')) {
    if (line.endsWith(cellEnd)) table.push(line.split(cellEnd).slice(0, -1));
    else {
      endTable();
      done.push(line);
    }
  }
  endTable();
  return done.join('\n');
}

/** Side by side if they fit, if need be with cells of several lines; else one below the other. */
function layOutTable(header: Line, rows: readonly Line[], room: number): readonly string[] {
  const lines = [header, ...rows];
  const widths = columnWidths(lines, widthOf);
  if (total(widths) <= room || rows.length === 0) return alignLines(lines, widths);
  const least = columnWidths(lines, (cell) => Math.max(...cell.split(' ').map(widthOf)));
  if (total(least) > room) return listRows(header, rows, room);
  const narrowed = narrow(widths, least, room);
  const wrapped = lines.flatMap((line) => wrapLine(line, narrowed));
  return alignLines(wrapped, columnWidths(wrapped, widthOf));
}

function columnWidths(lines: readonly Line[], width: (cell: string) => number): readonly number[] {
  const [header = []] = lines;
  return header.map((_, index) => Math.max(...lines.map((line) => width(line[index] ?? ''))));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap, -gap);
}

/** The widest column gives way first, but none below the longest of its words. */
function narrow(widths: readonly number[], least: readonly number[], room: number): readonly number[] {
  const narrowed = [...widths];
  const spare = (index: number) => (narrowed[index] ?? 0) - (least[index] ?? 0);
  for (let excess = total(widths) - room; excess > 0; excess -= 1) {
    const candidates = narrowed.map((_, index) => index).filter((index) => spare(index) > 0);
    const widest = candidates.reduce((a, b) => ((narrowed[b] ?? 0) > (narrowed[a] ?? 0) ? b : a));
    narrowed[widest] = (narrowed[widest] ?? 0) - 1;
  }
  return narrowed;
}

/** As many lines as the cell with the most lines has. */
function wrapLine(line: Line, widths: readonly number[]): readonly Line[] {
  const cells = line.map((cell, index) => wrap(cell, widths[index] ?? 0));
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, at) => cells.map((cell) => cell[at] ?? ''));
}

function alignLines(lines: readonly Line[], widths: readonly number[]): readonly string[] {
  return lines.map((line) =>
    line
      .map((cell, index) => pad(cell, widths[index] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Breaks between words only: half an address or a name can be neither read nor copied. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Each row as a paragraph with one value a line; a value that is not there is left out. */
function listRows(header: Line, rows: readonly Line[], room: number): readonly string[] {
  const labels = Math.max(...header.map(widthOf));
  const widths = [labels, Math.max(leastRoom, room - labels - gap)];
  return rows.flatMap((row, index) => {
    const values = header.map((label, column) => [label, row[column] ?? '']).filter(([, value]) => value !== '');
    const lines = values.flatMap((line) => wrapLine(line, widths));
    return [...(index === 0 ? [] : ['']), ...alignLines(lines, widths)];
  });
}
