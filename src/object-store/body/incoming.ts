import type { IncomingMessage } from 'node:http';
import { S3Error } from '../errors.ts';

/** A request's bytes as they come; RequestTimeout when none came for `idle` milliseconds. The connection outlives an early end. */
export async function* readIncoming(incoming: IncomingMessage, idle: number): AsyncGenerator<Buffer> {
  const news = listen(incoming);
  try {
    while (!incoming.readableEnded) {
      const chunk: unknown = incoming.read();
      if (Buffer.isBuffer(chunk)) yield chunk;
      else if (!incoming.readableEnded) await news.wait(idle);
    }
  } finally {
    news.close();
  }
}

/** Waits for bytes, or the end of them, and fails if the connection does. */
function listen(incoming: IncomingMessage): { wait(idle: number): Promise<void>; close(): void } {
  let settle: ((error?: Error) => void) | undefined;
  const onNews = (): void => settle?.();
  const onError = (error: Error): void => settle?.(error);
  const onClose = (): void => settle?.(new S3Error('IncompleteBody'));
  incoming.on('readable', onNews).on('end', onNews).on('error', onError).on('close', onClose);
  return {
    wait: (idle) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => settle?.(new S3Error('RequestTimeout')), idle);
        settle = (error) => {
          settle = undefined;
          clearTimeout(timer);
          if (error === undefined) resolve();
          else reject(error);
        };
        if (incoming.destroyed && !incoming.readableEnded) settle(incoming.errored ?? new S3Error('IncompleteBody'));
      }),
    close: () => {
      incoming.off('readable', onNews).off('end', onNews).off('error', onError).off('close', onClose);
    },
  };
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
