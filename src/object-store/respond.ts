import type { IncomingMessage, ServerResponse } from 'node:http';
import type { S3Error } from './errors.ts';
import type { Answer } from './operation.ts';
import { errorXml } from './xml.ts';

/** A client that is still sending gets so many milliseconds to read an early answer before the connection ends. */
const drainTime = 2000;
/** More than this left to read costs more than a new connection. */
const maximumDrain = 1024 * 1024;

/** S3's error document. */
export function errorAnswer(error: S3Error, { id, resource }: { id: string; resource: string }): Answer {
  const path = resource.split('?')[0];
  const text = errorXml({ Code: error.code, Message: error.message, Resource: path, RequestId: id });
  // Of a client that has gone silent nothing more is expected.
  const headers: Answer['headers'] = error.code === 'RequestTimeout' ? { connection: 'close' } : {};
  return { status: error.status, headers, body: { kind: 'xml', text } };
}

/** The two sides of a request, and what is known of it. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly id: string;
  /** Whether the client waits for "100 Continue" before it sends its body. */
  isWaiting: boolean;
}

/** Sends the answer, and sees to what is left of the request; done when both are. */
export async function respond(exchange: Exchange, answer: Answer): Promise<void> {
  const { incoming, response } = exchange;
  const { body } = answer;
  response.writeHead(answer.status, headersOf(exchange, answer));
  if (body?.kind === 'bytes') {
    await body.send((piece) => sendPiece(piece, response));
    response.end();
    return;
  }
  if (body !== undefined && incoming.method !== 'HEAD') response.write(body.text);
  else response.flushHeaders();
  const isSending = !incoming.complete && !exchange.isWaiting && answer.headers?.connection !== 'close';
  if (isSending) await drain(incoming);
  response.end();
  if (!incoming.complete) incoming.socket.destroySoon();
}

/** Done once the system has the bytes; fails where the client is gone. */
async function sendPiece(piece: Buffer, response: ServerResponse): Promise<void> {
  if (piece.length === 0) return;
  if (!response.destroyed) {
    await new Promise<void>((resolve) => {
      // Of a connection that is about to close, Node forgets to call back.
      response.once('close', resolve);
      response.write(piece, () => resolve(void response.off('close', resolve)));
    });
  }
  if (response.destroyed) throw Object.assign(new Error('the client is gone'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}

function headersOf(exchange: Exchange, { status, headers, body }: Answer): Record<string, string> {
  const isWithoutLength = status === 204 || status === 304 || headers?.['content-length'] !== undefined;
  const length = body?.kind === 'xml' ? Buffer.byteLength(body.text) : 0;
  return {
    'x-amz-request-id': exchange.id,
    ...(isWithoutLength ? {} : { 'content-length': String(length) }),
    ...(body?.kind === 'xml' ? { 'content-type': 'application/xml' } : {}),
    ...(canStayOpen(exchange) ? {} : { connection: 'close' }),
    ...headers,
  };
}

/** Whether the rest of the request is known to be short, so that the connection can be used again. */
function canStayOpen({ incoming: { complete, headers }, isWaiting }: Exchange): boolean {
  if (complete) return true;
  return (
    !isWaiting && headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= maximumDrain
  );
}

/**
 * Reads on for a while. Closing a connection with unread bytes resets it, and the client,
 * still sending, might never see the answer.
 */
async function drain(incoming: IncomingMessage): Promise<void> {
  if (incoming.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, drainTime);
    for (const event of ['end', 'close', 'error']) incoming.once(event, () => resolve(clearTimeout(timer)));
    incoming.resume();
  });
}
