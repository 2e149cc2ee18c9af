import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** S3's error code in the body, if there is one. */
  readonly code: string | undefined;
}

/** Sends a request byte by byte as given, and reads one answer. The connection is closed when the test is over. */
export async function exchange(port: number, head: readonly string[], body: string | Buffer = ''): Promise<RawAnswer> {
  const socket = dial(port);
  socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'utf8'), Buffer.from(body)]));
  return await readAnswer(socket, !head[0]?.startsWith('HEAD '));
}

/** A request's lines. */
export function lines(method: string, target: string, headers: Readonly<Record<string, string>>): string[] {
  return [`${method} ${target} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
}

export function dial(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  // A reset shows in the answer that is missing.
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Reads the answer that comes next; fails when the connection ends before it is whole, or after ten seconds. */
export async function readAnswer(socket: Socket, hasBody = true): Promise<RawAnswer> {
  return await new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const timer = setTimeout(() => reject(new Error(`no answer in 10 s; received: ${received}`)), 10_000);
    const finish = () => {
      clearTimeout(timer);
      const answer = parseAnswer(received, hasBody);
      if (answer === undefined) reject(new Error(`the connection ended without an answer; received: ${received}`));
      else resolve(answer);
    };
    socket.on('data', (data: Buffer) => {
      received = Buffer.concat([received, data]);
      if (parseAnswer(received, hasBody) !== undefined) finish();
    });
    socket.once('close', finish).once('end', finish);
  });
}

function parseAnswer(received: Buffer, hasBody: boolean): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...fields] = received.toString('latin1', 0, end).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  if (status === 100) return parseAnswer(received.subarray(end + 4), hasBody);
  const headers = Object.fromEntries(
    fields.map((field) => [
      field.slice(0, field.indexOf(':')).toLowerCase(),
      field.slice(field.indexOf(':') + 1).trim(),
    ]),
  );
  const body = received.subarray(end + 4);
  if (hasBody && body.length < Number(headers['content-length'] ?? 0)) return undefined;
  const text = body.toString('utf8');
  return { status, headers, body: text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] };
}
