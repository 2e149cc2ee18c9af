import { createWriteStream } from 'node:fs';

export type StreamName = 'stdout' | 'stderr';

/** A piece of output as it was written. */
export interface LogPiece {
  readonly stream: StreamName;
  readonly text: string;
}

/**
 * The log of a run, in the format that container runtimes write: `<time> <stream> F <line>`,
 * or `P` for a part of a line that was written by itself.
 * One file keeps the order of both streams, and each stream can be replayed to the letter.
 */
export interface RunLog {
  /** Settles when the text is written, or when that has failed: a disk that is full does not end a run. */
  write(stream: StreamName, text: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a log to append to it, 0600; `onError` hears once why it cannot be written. */
export function openLog(file: string, now: () => Date, onError: (error: Error) => void): RunLog {
  const target = createWriteStream(file, { flags: 'a', mode: 0o600 });
  target.on('error', onError);
  return {
    write: (stream, text) =>
      new Promise((resolve) => target.write(formatPiece(now(), { stream, text }), () => resolve())),
    close: () => new Promise((resolve) => (target.destroyed ? resolve() : target.close(() => resolve()))),
  };
}

/** One log line; undefined for a line that is none. */
export function parseLogLine(line: string): LogPiece | undefined {
  const [, stream, kind, text = ''] = /^\S+ (stdout|stderr) ([FP]) (.*)$/s.exec(line) ?? [];
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  return { stream, text: kind === 'F' ? `${text}\n` : text };
}

function formatPiece(time: Date, { stream, text }: LogPiece): string {
  const start = `${time.toISOString()} ${stream}`;
  const lines = text.split('\n');
  const rest = lines.pop();
  return [...lines.map((line) => `${start} F ${line}\n`), rest ? `${start} P ${rest}\n` : ''].join('');
}
