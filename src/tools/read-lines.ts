import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';

/** For a file that is still being written. */
export interface Following {
  /** Whether more may come; asked before each look, so that what came last is read too. */
  readonly goesOn: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * The lines of a file in UTF-8, without their ends; with `following`, also what is still to come. A file that is not there
 * yet is empty, and a line without its end is no line yet.
 */
export async function* readLines(file: string, following?: Following): AsyncGenerator<string> {
  const reader = openReader(file);
  try {
    for (let goesOn = true; goesOn; ) {
      goesOn = (await following?.goesOn()) ?? false;
      yield* reader.lines();
      // Polling, not fs.watch, which misses appends on network folders and mounts. An abort shows after the delay.
      if (goesOn) await delay(100, undefined, { signal: following?.signal }).catch(() => {});
      following?.signal.throwIfAborted();
    }
  } finally {
    await reader.close();
  }
}

/** The lines of a stream in UTF-8, the last one too where it has no end. Node's readline does not tell of a stream that broke. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function openReader(file: string) {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(64 * 1024);
  let handle: FileHandle | undefined;
  let rest = '';
  return {
    async *lines() {
      handle ??= await openIfThere(file);
      for (let bytes = -1; handle && bytes !== 0; ) {
        ({ bytesRead: bytes } = await handle.read(buffer));
        const lines = (rest + decoder.write(buffer.subarray(0, bytes))).split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
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
