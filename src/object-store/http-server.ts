import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { S3Error, type S3ErrorCode } from './errors.ts';
import { handle, type Service } from './handle.ts';
import { errorAnswer } from './respond.ts';
import { newId } from './storage/layout.ts';

/** How long requests under way may take once the server is to stop, in milliseconds. */
const closeTimeout = 10_000;

/** Bytes of a body that are read ahead, or wait to be sent, for each connection. */
const highWaterMark = 256 * 1024;

/** The HTTP side of the server: limits, time-outs, and an orderly end. */
export class HttpServer {
  readonly #server: Server;
  readonly #log: (line: string) => void;
  readonly #underWay = new Set<Promise<void>>();
  /** The latest of each connection. */
  readonly #responses = new WeakMap<Duplex, ServerResponse>();

  constructor(service: Service) {
    const { idleTimeout, log } = service;
    this.#log = log;
    this.#server = createServer({
      maxHeaderSize: 16 * 1024,
      highWaterMark,
      keepAliveTimeout: idleTimeout,
      connectionsCheckingInterval: Math.min(idleTimeout, 30_000),
      // Nobody has signed a request without one: refused as such, with S3's error.
      requireHostHeader: false,
    });
    // Node would leave out what is behind the first 2,000. Their size is limited all the same.
    this.#server.maxHeadersCount = 0;
    // A client that has closed its side still reads. Node knows this option, but does not tell of it.
    Object.assign(this.#server, { httpAllowHalfOpen: true });
    // An upload may take as long as it likes, while it goes on.
    this.#server.requestTimeout = 0;
    this.#server.headersTimeout = idleTimeout;
    // For clients that do not read their answer. Later than a body's own time-out, which has an answer.
    this.#server.timeout = idleTimeout + 5000;
    // Expectations that nobody knows may be passed over.
    for (const event of ['request', 'checkContinue', 'checkExpectation'] as const) {
      this.#server.on(event, (incoming, response) => {
        this.#responses.set(incoming.socket, response);
        this.#track(handle(service, incoming, response));
      });
    }
    this.#server.on('clientError', (error, socket) => refuse(error, socket, this.#responses.get(socket)));
    this.#server.on('connect', (_, socket) => answerRaw(socket, 'NotImplemented'));
  }

  /** Where it listens. */
  async listen(port: number, host: string): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => resolve(void this.#server.off('error', reject)));
    });
    // From here on it is about one connection, which could not be accepted.
    this.#server.on('error', (error) => this.#log(`a connection was lost: ${error.message}`));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no address');
    return address;
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#server.closeAllConnections(), closeTimeout);
    try {
      await new Promise<void>((resolve) => this.#server.close(() => resolve()));
      await Promise.all(this.#underWay);
    } finally {
      clearTimeout(timer);
    }
  }

  #track(request: Promise<void>): void {
    const tracked = request.finally(() => {
      this.#underWay.delete(tracked);
      // A connection that was busy when the server was told to stop is idle now.
      if (!this.#server.listening) setImmediate(() => this.#server.closeIdleConnections());
    });
    this.#underWay.add(tracked);
  }
}

/** What is not HTTP, or too long, never becomes a request: it is answered here. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex, latest: ServerResponse | undefined): void {
  // While a whole request waits for its answer, this one would be taken for it.
  const isAwaited = latest !== undefined && !latest.writableFinished && (latest.headersSent || latest.req.complete);
  if (error.code === 'ECONNRESET' || !socket.writable || isAwaited) {
    socket.destroy();
    return;
  }
  answerRaw(socket, clientErrors.get(error.code ?? '') ?? 'BadRequest');
}

/** Answers where there is no response to do it with, and ends the connection. */
function answerRaw(socket: Duplex, code: S3ErrorCode): void {
  const { status, body } = errorAnswer(new S3Error(code), { id: newId(), resource: '' });
  const text = body?.kind === 'xml' ? body.text : '';
  const head = `HTTP/1.1 ${status} ${code}\r\nContent-Type: application/xml\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

const clientErrors = new Map<string, S3ErrorCode>([
  ['HPE_HEADER_OVERFLOW', 'RequestHeaderSectionTooLarge'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'RequestTimeout'],
]);
