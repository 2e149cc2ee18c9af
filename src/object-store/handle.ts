import type { IncomingMessage, ServerResponse } from 'node:http';
import { requireAccess } from './auth/access.ts';
import { authenticate } from './auth/authenticate.ts';
import type { KeyRing } from './auth/keys.ts';
import { openBody } from './body/body.ts';
import { readIncoming } from './body/incoming.ts';
import { S3Error } from './errors.ts';
import type { Answer } from './operation.ts';
import { operations } from './operations/table.ts';
import { readRequest, type S3Request } from './request.ts';
import { errorAnswer, respond } from './respond.ts';
import { route } from './route.ts';
import { newId } from './storage/layout.ts';
import type { Store } from './storage/store.ts';

/** What every request is answered with. */
export interface Service {
  readonly store: Store;
  readonly keys: KeyRing;
  /** Told to whoever asks whether the server lives. */
  readonly serverId: string | undefined;
  /** After so many milliseconds without a byte of an expected body, the client is given up. */
  readonly idleTimeout: number;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

/** Answers one request, whatever comes of it. */
export async function handle(service: Service, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const id = newId();
  let answer: Answer;
  try {
    answer = isLivenessProbe(incoming) ? liveness(service) : await perform(service, readRequest(incoming, id), response);
  } catch (error) {
    answer = errorAnswer(asS3Error(error, incoming, service), { id, resource: incoming.url ?? '' });
  }
  try {
    await respond(incoming, response, answer, id);
  } catch (error) {
    // The status line is sent: all that can be done is to break off, so that nobody takes it for whole.
    if (!isDisconnection(error)) service.log(`fault while answering ${describe(incoming)}: ${stackOf(error)}`);
    response.destroy();
  }
}

async function perform(service: Service, request: S3Request, response: ServerResponse): Promise<Answer> {
  const { store, keys } = service;
  const now = service.now();
  const authenticated = await authenticate(request, keys, now);
  if (request.bucket !== undefined) requireAccess(authenticated.grant, request.bucket);
  const operation = operations[route(request)];
  return await operation({
    request,
    store,
    grant: authenticated.grant,
    now: now.getTime(),
    openBody: (algorithm) => {
      const body = openBody(request, authenticated, readIncoming(request.incoming, service.idleTimeout), algorithm);
      if (request.incoming.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
      return body;
    },
  });
}

/** MinIO's path, so that one probe fits both. */
function isLivenessProbe({ method, url }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && url === '/minio/health/live';
}

function liveness({ serverId }: Service): Answer {
  return { status: 200, headers: { 'content-length': '0', ...(serverId === undefined ? {} : { 'x-server-id': serverId }) } };
}

function asS3Error(error: unknown, incoming: IncomingMessage, { log }: Service): S3Error {
  if (error instanceof S3Error) return error;
  if (isDisconnection(error)) return new S3Error('IncompleteBody');
  if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
    return new S3Error('InsufficientStorage');
  }
  log(`fault in ${describe(incoming)}: ${stackOf(error)}`);
  return new S3Error('InternalError');
}

/** The other side went away: not a fault of ours. */
function isDisconnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && disconnections.includes(String(error.code));
}

const disconnections = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'];

/** Without the query, which may hold a signature. */
function describe({ method, url }: IncomingMessage): string {
  return `${method} ${url?.split('?')[0]}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
