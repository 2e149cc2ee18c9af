import type { IncomingMessage } from 'node:http';
import { S3Error } from '../errors.ts';

/** A request's bytes as they come; RequestTimeout when none came for `idle` milliseconds. The connection outlives an early end. */
export async function* readIncoming(incoming: IncomingMessage, idle: number): AsyncGenerator<Buffer> {
  const chunks = incoming.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next: IteratorResult<unknown> = await within(idle, chunks.next());
      if (next.done === true) return;
      if (Buffer.isBuffer(next.value)) yield next.value;
    }
  } finally {
    // Not awaited: after a timeout it would wait for the bytes that did not come.
    void chunks.return?.();
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new S3Error('RequestTimeout')), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** The whole of a small body as text; MaxMessageLengthExceeded past `maximum` bytes. */
export async function readText(bytes: AsyncIterable<Buffer>, maximum: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > maximum) throw new S3Error('MaxMessageLengthExceeded');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
