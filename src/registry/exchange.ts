import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { faultOfError, faultOfStatus } from './fault.ts';

/** What is sent; made anew for each attempt. */
export type Body = string | Buffer | Readable;

/** One request, as HTTP has it. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: () => Body;
  readonly signal: AbortSignal;
}

/** An answer whose body is still to be read. */
export interface HttpAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: Dispatcher.ResponseData['body'];
}

/** Sends once and reads the answer; what is no success, and a connection that breaks before the end, is a RegistryFault. */
export async function exchange<Result>(
  transport: Dispatcher,
  { method, url, headers = {}, body, signal }: HttpRequest,
  read: (answer: HttpAnswer) => Promise<Result>,
): Promise<Result> {
  try {
    const target = { origin: url.origin, path: url.pathname + url.search, method, headers, signal };
    const answer = await transport.request({ ...target, ...(body && { body: body() }) });
    return await readAnswer(answer, read);
  } catch (error) {
    signal.throwIfAborted();
    throw faultOfError(error) ?? error;
  }
}

async function readAnswer<Result>(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  read: (answer: HttpAnswer) => Promise<Result>,
): Promise<Result> {
  const header = (name: string) => [headers[name] ?? []].flat().join(', ') || undefined;
  try {
    if (status >= 300) throw faultOfStatus(status, await readStart(body), header);
    return await read({ status, header, body });
  } finally {
    // What was not read would keep the connection.
    await body.dump();
  }
}

/** Enough for any error that a registry explains. */
async function readStart(body: Dispatcher.ResponseData['body']): Promise<string> {
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > 10_000) break;
  }
  return text;
}
