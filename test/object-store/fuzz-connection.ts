import { connect, type Socket } from 'node:net';
import { type Answer, parseAnswer, parseAnswers } from './fuzz-answer.ts';

/** How long an answer, or the end of a connection, may take; in milliseconds. */
const patience = 20_000;
/** A client that got no answer ends its side after so many milliseconds. */
const silence = 150;

/** Sends whole requests one after the other, over one connection while the server keeps it. */
export class Connection {
  readonly port: number;
  #socket: Socket | undefined;
  #usedAt = 0;
  /** What was sent before over the same connection: if it was misread, the next answer is wrong. */
  before: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.port = port;
  }

  async ask(bytes: Buffer, isHead: boolean): Promise<Answer> {
    // One that lay idle may be ended by the server at this very moment.
    if (performance.now() - this.#usedAt > 1000) this.close();
    const socket = this.#socket ?? dial(this.port);
    this.#socket = socket;
    socket.write(bytes);
    let received = Buffer.alloc(0);
    const answer = await settled<Answer>(socket, (data, isOver) => {
      received = Buffer.concat([received, data]);
      const parsed = parseAnswer(received, isHead);
      if (parsed === undefined && isOver)
        throw new Error(`the connection ended without an answer; received: ${received}`);
      if (parsed && parsed.rest.length > 0) throw new Error(`more than one answer came: ${received}`);
      return parsed?.answer;
    });
    this.#usedAt = performance.now();
    this.before = Buffer.concat([this.before, bytes]);
    if (answer.headers.get('connection') === 'close') this.close();
    return answer;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.before = Buffer.alloc(0);
  }
}

/** Sends what may be no request, and returns all that comes until the server ends the connection. */
export async function askOnce(port: number, bytes: Buffer): Promise<Answer[]> {
  const socket = dial(port);
  socket.write(bytes);
  const timer = setTimeout(() => socket.end(), silence);
  let received = Buffer.alloc(0);
  try {
    return await settled(socket, (data, isOver) => {
      received = Buffer.concat([received, data]);
      if (data.length > 0) timer.refresh();
      return isOver ? parseAnswers(received) : undefined;
    });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** Sends something and goes away in the middle. */
export async function askAndLeave(port: number, bytes: Buffer, after: number): Promise<Answer[]> {
  const socket = dial(port);
  socket.write(bytes);
  await new Promise((resolve) => setTimeout(resolve, after));
  socket.destroy();
  return [];
}

function dial(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  // A reset shows in the answer that is missing.
  socket.on('error', () => undefined);
  return socket;
}

/** What `read` makes of the data that come; it is asked once more when the connection is over. */
async function settled<Result>(
  socket: Socket,
  read: (data: Buffer, isOver: boolean) => Result | undefined,
): Promise<Result> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(new Error(`nothing happened in ${patience} ms`)), patience);
    const finish = (result: Result | Error) => {
      clearTimeout(timer);
      for (const [event, listener] of listeners) socket.off(event, listener);
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    const hear = (data: Buffer, isOver: boolean) => {
      try {
        const result = read(data, isOver);
        if (result !== undefined) finish(result);
      } catch (error) {
        finish(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const onEnd = () => hear(Buffer.alloc(0), true);
    const listeners = [
      ['data', (data: Buffer) => hear(data, false)],
      ['end', onEnd],
      ['close', onEnd],
    ] as const;
    for (const [event, listener] of listeners) socket.on(event, listener);
  });
}
