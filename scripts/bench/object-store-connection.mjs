// HTTP/1.1 at its barest, so that the client is not what is measured: requests are signed bytes, answers are counted.
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

export const keyPair = { accessKeyId: 'bench-root', secretAccessKey: 'bench-root-secret' };
const region = 'us-east-1';

/** A request as it goes over the wire, with an unsigned payload; `query` holds encoded values, sorted by name. */
export function signed(port, { method, path, query = '', body, headers = {} }) {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = timestamp.slice(0, 8);
  const all = {
    host: `127.0.0.1:${port}`,
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': timestamp,
    ...headers,
  };
  const names = Object.keys(all).sort();
  const lines = names.map((name) => `${name}:${all[name]}\n`).join('');
  const canonical = [method, path, query, lines, names.join(';'), 'UNSIGNED-PAYLOAD'].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const signature = hmac(signingKey(day), `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash}`).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${keyPair.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const sent = { ...all, authorization, 'content-length': body?.length ?? 0 };
  const text = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
  return { head: `${method} ${path}${query && `?${query}`} HTTP/1.1\r\n${text.join('')}\r\n`, body };
}

const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const signingKeys = new Map();

function signingKey(day) {
  const known = signingKeys.get(day);
  if (known) return known;
  const key = [day, region, 's3', 'aws4_request'].reduce(hmac, `AWS4${keyPair.secretAccessKey}`);
  signingKeys.set(day, key);
  return key;
}

/** A connection that is kept open, for one request at a time. */
export class Connection {
  #socket;
  #answer;

  async open(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(this.#socket, 'connect');
    this.#socket.on('data', (bytes) => this.#take(bytes));
    this.#socket.on('close', () => this.#answer?.reject(new Error('the server closed the connection')));
    this.#socket.on('error', (error) => this.#answer?.reject(error));
    return this;
  }

  /** The answer's head and size in bytes, and its text if it is asked for or an error; rejects where the answer is one. */
  send({ head, body }, keep = false) {
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject, keep, head: '', left: -1, size: 0, kept: [] };
      this.#socket.cork();
      this.#socket.write(head, 'latin1');
      if (body) this.#socket.write(body);
      this.#socket.uncork();
    });
  }

  close() {
    this.#socket.destroy();
  }

  #take(bytes) {
    const answer = this.#answer;
    const rest = answer.left < 0 ? readHead(answer, bytes) : bytes;
    if (answer.left < 0) return;
    answer.left -= rest.length;
    if (answer.keep) answer.kept.push(rest);
    if (answer.left > 0) return;
    const text = Buffer.concat(answer.kept).toString();
    if (answer.isError) answer.reject(new Error(`${answer.head.split('\r\n')[0]}: ${text}`));
    else answer.resolve({ head: answer.head, size: answer.size, text });
  }
}

function readHead(answer, bytes) {
  answer.head += bytes.latin1Slice();
  const end = answer.head.indexOf('\r\n\r\n');
  if (end < 0) return bytes;
  const rest = Buffer.from(answer.head.slice(end + 4), 'latin1');
  answer.head = answer.head.slice(0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer.head)?.[1];
  answer.isError = !/^HTTP\/1.1 20\d/.test(answer.head);
  answer.keep ||= answer.isError;
  answer.size = answer.left = Number(length ?? 0);
  return rest;
}
