/** Stands behind each cell of a table until its columns are aligned; no cell holds it. */
export const cellEnd = '\x1f';

/**
 * A table for `printResult`, which alone knows how wide the terminal is and aligns the columns, two spaces apart as kubectl
 * prints them; ends without a newline.
 */
export function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, ...rows]
    .map((line) => columns.map((_, index) => `${onOneLine(line[index] ?? '')}${cellEnd}`).join(''))
    .join('\n');
}

/** A line break or an escape sequence in a value would break the table, or play tricks on the terminal. */
function onOneLine(cell: string): string {
  return cell.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1).replace('\x7f', '\\u007f'));
}

/** `5s`, `3m`, `2h`, `4d`: an age as kubectl prints it. */
export function formatAge(since: Date | undefined, now: Date): string {
  if (!since || Number.isNaN(since.getTime())) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** `12 ms`, `1.4 s`, `2 m 05 s`, `1 h 02 m`. */
export function formatDuration(milliseconds: number): string {
  if (Math.round(milliseconds) < 1000) return `${Math.round(milliseconds)} ms`;
  // What would be rounded to 60.0 s is a minute.
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** `312 B`, `4.0 KiB`, `1.2 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1024;
  let step = 0;
  // What would be rounded to 1024.0 belongs to the next unit.
  for (; value >= 1023.95 && step < units.length - 1; step += 1) value /= 1024;
  return `${value.toFixed(1)} ${units[step]}`;
}
