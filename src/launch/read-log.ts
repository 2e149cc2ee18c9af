import { type FileHandle, open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { type LogPiece, parseLogLine } from './log.ts';
import type { Onlookers } from './output.ts';

interface Following {
  /** Whether more may come; asked before each look, so that what came last is read too. */
  readonly goesOn: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Writes out again what a run has written, each stream to its own; with `following`, also what is still to come. */
export async function replayLog(file: string, { stdout, stderr }: Onlookers, following?: Following): Promise<void> {
  for await (const { stream, text } of readLog(file, following)) {
    await write(stream === 'stdout' ? stdout : stderr, text);
  }
}

async function* readLog(file: string, following: Following | undefined): AsyncGenerator<LogPiece> {
  const reader = openReader(file);
  try {
    for (let goesOn = true; goesOn; ) {
      goesOn = (await following?.goesOn()) ?? false;
      yield* reader.pieces();
      // Polling, not fs.watch, which misses appends on network folders and mounts. An abort shows after the delay.
      if (goesOn) await delay(100, undefined, { signal: following?.signal }).catch(() => {});
      following?.signal.throwIfAborted();
    }
  } finally {
    await reader.close();
  }
}

/** A log that is not there yet is empty. */
function openReader(file: string) {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(64 * 1024);
  let handle: FileHandle | undefined;
  let rest = '';
  return {
    async *pieces(): AsyncGenerator<LogPiece> {
      handle ??= await openIfThere(file);
      for (let bytes = -1; handle && bytes !== 0; ) {
        ({ bytesRead: bytes } = await handle.read(buffer));
        const lines = (rest + decoder.write(buffer.subarray(0, bytes))).split('\n');
        rest = lines.pop() ?? '';
        yield* lines.map(parseLogLine).filter((piece) => piece !== undefined);
      }
    },
    close: async () => handle?.close(),
  };
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  return open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve())));
}
