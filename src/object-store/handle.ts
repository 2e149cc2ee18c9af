import type { IncomingMessage, ServerResponse } from 'node:http';
import { requireAccess } from './auth/access.ts';
import { authenticate } from './auth/authenticate.ts';
import type { KeyRing } from './auth/keys.ts';
import { type Body, type BodyChecksum, openBody } from './body/body.ts';
import { readIncoming } from './body/incoming.ts';
import { S3Error, type S3ErrorCode } from './errors.ts';
import type { Answer } from './operation.ts';
import { operations } from './operations/table.ts';
import { readRequest } from './request.ts';
import { type Exchange, errorAnswer, respond } from './respond.ts';
import { route } from './route.ts';
import { newId } from './storage/layout.ts';
import type { Store } from './storage/store.ts';
import { refuseUnsupported } from './unsupported.ts';

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
  const isWaiting = incoming.headers.expect?.toLowerCase() === '100-continue';
  const exchange: Exchange = { incoming, response, id: newId(), isWaiting };
  const answer = await answerTo(service, exchange);
  try {
    await respond(exchange, answer);
  } catch (error) {
    // The status line is sent: all that can be done is to break off, so that nobody takes it for whole.
    if (!isDisconnection(error)) service.log(`fault while answering ${describe(incoming)}: ${stackOf(error)}`);
    response.destroy();
  } finally {
    if (answer.body?.kind === 'bytes') answer.body.release();
  }
}

async function answerTo(service: Service, exchange: Exchange): Promise<Answer> {
  const { incoming, id } = exchange;
  try {
    return isLivenessProbe(incoming) ? liveness(service) : await perform(service, exchange);
  } catch (error) {
    return errorAnswer(asS3Error(error, incoming, service), { id, resource: incoming.url ?? '' });
  }
}

async function perform(service: Service, exchange: Exchange): Promise<Answer> {
  const request = readRequest(exchange.incoming, exchange.id);
  const now = service.now();
  const authenticated = await authenticate(request, service.keys, now);
  const { grant } = authenticated;
  if (request.bucket !== undefined) requireAccess(grant, request.bucket);
  const name = route(request);
  refuseUnsupported(request, name);
  const openRequestBody = (checksum: BodyChecksum = 'as-told'): Body =>
    openBody(request, authenticated, requestBytes(exchange, service.idleTimeout), checksum);
  return await operations[name]({
    request,
    store: service.store,
    grant,
    now: now.getTime(),
    openBody: openRequestBody,
    toS3Error: (error) => asS3Error(error, exchange.incoming, service),
  });
}

/** A client that waits is told to go on when the first byte is wanted: all that can be refused by then has been. */
async function* requestBytes(exchange: Exchange, idleTimeout: number): AsyncGenerator<Buffer> {
  if (exchange.isWaiting) exchange.response.writeContinue();
  exchange.isWaiting = false;
  yield* readIncoming(exchange.incoming, idleTimeout);
}

/** MinIO's path, so that one probe fits both. */
function isLivenessProbe({ method, url }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && url === '/minio/health/live';
}

function liveness({ serverId }: Service): Answer {
  return {
    status: 200,
    headers: { 'content-length': '0', ...(serverId === undefined ? {} : { 'x-server-id': serverId }) },
  };
}

function asS3Error(error: unknown, incoming: IncomingMessage, { log }: Service): S3Error {
  if (error instanceof S3Error) return error;
  if (isDisconnection(error)) return new S3Error('IncompleteBody');
  const shortage = error instanceof Error && 'code' in error ? shortages.get(String(error.code)) : undefined;
  if (shortage !== undefined) return new S3Error(shortage);
  log(`fault in ${describe(incoming)}: ${stackOf(error)}`);
  return new S3Error('InternalError');
}

/** What the machine has too little of: disk, or file descriptors. */
const shortages = new Map<string, S3ErrorCode>([
  ['EDQUOT', 'InsufficientStorage'],
  ['EMFILE', 'SlowDown'],
  ['ENFILE', 'SlowDown'],
  ['ENOSPC', 'InsufficientStorage'],
]);

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
