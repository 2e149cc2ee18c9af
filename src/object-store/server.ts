import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { KeyPair } from './auth/keys.ts';
import { KeyRing } from './auth/keys.ts';
import { S3Error, type S3ErrorCode } from './errors.ts';
import { handle, type Service } from './handle.ts';
import { errorAnswer } from './respond.ts';
import { newId } from './storage/layout.ts';
import { Store } from './storage/store.ts';

export type { KeyPair } from './auth/keys.ts';

export interface ObjectStoreOptions {
  /** Made if it is not there; one server at a time. */
  readonly dataDirectory: string;
  /** 127.0.0.1 if not given. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Opens all buckets. */
  readonly rootKey?: KeyPair;
  /** JSON, `{ "keys": [{ "accessKeyId", "secretAccessKey", "buckets": ["…"] | "*" }] }`; changes take effect within a second. */
  readonly keysFile?: string;
  /** Told as `x-server-id` by `GET /minio/health/live`. */
  readonly id?: string;
  /** Milliseconds without a byte after which a client is given up; 60,000 if not given. */
  readonly idleTimeout?: number;
  readonly log?: (line: string) => void;
  readonly now?: () => Date;
}

export interface ObjectStore {
  readonly port: number;
  readonly address: string;
  /** Takes no more requests, lets those under way finish for up to 10 s. */
  close(): Promise<void>;
}

/** Starts an S3-compatible server over a folder; it accepts requests on return. */
export async function startObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  const log = options.log ?? (() => undefined);
  const store = await Store.open(options.dataDirectory, log);
  const keys = new KeyRing({ rootKey: options.rootKey, keysFile: options.keysFile, log });
  const idleTimeout = options.idleTimeout ?? 60_000;
  const service: Service = { store, keys, serverId: options.id, idleTimeout, now: options.now ?? (() => new Date()), log };
  const server = createHttpServer(service);
  const { address, port } = await listen(server, options.port, options.host ?? '127.0.0.1');
  return { port, address, close: () => close(server) };
}

function createHttpServer(service: Service): Server {
  const server = createServer({ maxHeaderSize: 16 * 1024, keepAliveTimeout: 30_000 });
  // An upload may take as long as it likes, while it goes on.
  server.requestTimeout = 0;
  server.headersTimeout = service.idleTimeout;
  // The backstop for clients that do not read their answer: later than a body's own time-out, which has an answer.
  server.timeout = service.idleTimeout + 5000;
  for (const event of ['request', 'checkContinue'] as const) {
    server.on(event, (incoming, response) => void handle(service, incoming, response));
  }
  server.on('clientError', refuse);
  return server;
}

/** What is not HTTP, or too long, never becomes a request. */
function refuse(error: NodeJS.ErrnoException, socket: Socket | import('node:stream').Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = clientErrors.get(error.code ?? '') ?? 'BadRequest';
  const answer = errorAnswer(new S3Error(code), { id: newId(), resource: '' });
  const text = answer.body?.kind === 'xml' ? answer.body.text : '';
  const head = `HTTP/1.1 ${answer.status} ${code}\r\nContent-Type: application/xml\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

const clientErrors = new Map<string, S3ErrorCode>([
  ['HPE_HEADER_OVERFLOW', 'RequestHeaderSectionTooLarge'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'RequestTimeout'],
]);

async function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no address');
  return address;
}

/** How long requests under way may take once the server is to stop, in milliseconds. */
const closeTimeout = 10_000;

async function close(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), closeTimeout);
  try {
    await new Promise<void>((resolve, reject) => server.close((error) => (error === undefined ? resolve() : reject(error))));
  } finally {
    clearTimeout(timer);
  }
}
