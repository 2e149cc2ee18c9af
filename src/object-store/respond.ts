import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { S3Error } from './errors.ts';
import type { Answer } from './operation.ts';
import { errorXml } from './xml.ts';

/** A client that is still sending gets so much time to read an early answer before the connection ends. */
const drainTime = 2000;
/** More than this left to read costs more than a new connection. */
const maximumDrain = 1024 * 1024;

/** S3's error document. */
export function errorAnswer(error: S3Error, { id, resource }: { id: string; resource: string }): Answer {
  const path = resource.split('?')[0];
  const text = errorXml({ Code: error.code, Message: error.message, Resource: path, RequestId: id });
  return { status: error.status, body: { kind: 'xml', text } };
}

/** Sends the answer, and sees to what is left of the request; done when both are. */
export async function respond(incoming: IncomingMessage, response: ServerResponse, answer: Answer, id: string): Promise<void> {
  const { body } = answer;
  response.writeHead(answer.status, headersOf(incoming, answer, id));
  if (body?.kind === 'bytes') {
    try {
      await pipeline(body.bytes, response);
    } finally {
      body.release();
    }
    return;
  }
  if (body !== undefined && incoming.method !== 'HEAD') response.write(body.text);
  else response.flushHeaders();
  if (!incoming.complete) await drain(incoming);
  response.end();
}

function headersOf(incoming: IncomingMessage, { status, headers, body }: Answer, id: string): Record<string, string> {
  const isWithoutBody = status === 204 || status === 304 || headers?.['content-length'] !== undefined;
  const length = body?.kind === 'xml' ? String(Buffer.byteLength(body.text)) : '0';
  return {
    'x-amz-request-id': id,
    ...(isWithoutBody ? {} : { 'content-length': length }),
    ...(body?.kind === 'xml' ? { 'content-type': 'application/xml' } : {}),
    ...(canDrain(incoming) ? {} : { connection: 'close' }),
    ...headers,
  };
}

/** Whether the rest of the request is known to be short, so that the connection can be used again. */
function canDrain({ complete, headers }: IncomingMessage): boolean {
  if (complete) return true;
  const isWaiting = headers.expect !== undefined;
  return !isWaiting && headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= maximumDrain;
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
