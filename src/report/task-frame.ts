import type { StepOutcome } from '../graph/events.ts';
import type { createStyle } from './style.ts';
import { formatDuration } from './table.ts';
import { clip } from './width.ts';

/** One step as the list shows it. */
export interface Row {
  readonly title: string;
  readonly state: 'waiting' | 'running' | StepOutcome;
  /** Why it runs, what it does now, or the reason of its end. */
  readonly note?: string;
  readonly milliseconds?: number;
}

type Style = ReturnType<typeof createStyle>;

interface Screen {
  readonly style: Style;
  readonly columns: number;
  readonly lines: number;
  /** Counts the frames, so that what runs is seen to run. */
  readonly frame: number;
}

/** A frame of the list while it runs: each row is one line, and all of them fit on the screen. */
export function drawFrame(rows: readonly Row[], screen: Screen): string {
  // The cursor stands on a line of its own, and a full last column would wrap.
  const room = screen.lines - 2;
  const draw = (row: Row) => drawRow(row, screen);
  if (rows.length <= room) return rows.map(draw).join('\n');
  const telling = rows.filter(({ state }) => state === 'failed' || state === 'running');
  const done = rows.filter(({ state }) => state !== 'waiting' && state !== 'running').length;
  return [...telling.slice(0, Math.max(0, room - 1)).map(draw), `  ${done} of ${rows.length} done`].join('\n');
}

/** The last frame, which stays: every row, every reason whole. */
export function drawLastFrame(rows: readonly Row[], style: Style): string {
  return rows.map((row) => `${markOf(row, style, 0)} ${textOf(row)}`).join('\n');
}

function drawRow(row: Row, { style, columns, frame }: Screen): string {
  const text = clip(textOf(row).replaceAll(/\s+/g, ' '), columns - 3);
  return `${markOf(row, style, frame)} ${row.state === 'waiting' ? style('dim', text) : text}`;
}

function textOf({ title, state, note, milliseconds }: Row): string {
  switch (state) {
    case 'waiting':
    case 'unchanged':
      return title;
    case 'running':
    case 'failed':
    case 'skipped':
      return note === undefined ? title : `${title}: ${note}`;
    case 'changed':
      return `${title} (${formatDuration(milliseconds ?? 0)})`;
    case 'aborted':
      return `${title} (aborted)`;
  }
}

const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

function markOf({ state }: Row, style: Style, frame: number): string {
  switch (state) {
    case 'waiting':
      return ' ';
    case 'running':
      return style('cyan', spinner.charAt(frame % spinner.length));
    case 'unchanged':
    case 'changed':
      return style('green', '✔');
    case 'failed':
      return style('red', '✖');
    case 'skipped':
    case 'aborted':
      return style('yellow', '↓');
  }
}
