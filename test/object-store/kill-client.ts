import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { XMLParser } from 'fast-xml-parser';
import { signed, type Unsigned } from './signing.ts';

/** A whole answer. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request; fails where no whole answer comes. */
export type Send = (unsigned: Unsigned) => Promise<Reply>;

/** A client of many connections that neither retries nor takes an error for one; cheap, so that the server has the load. */
export function connectTo(port: number): { send: Send; close(): void } {
  const agent = new Agent({ keepAlive: true });
  const send: Send = async (unsigned) => {
    const body = Buffer.from(unsigned.body ?? '');
    const headers = { 'content-length': String(body.length), ...unsigned.headers };
    const all = signed({ ...unsigned, headers }, { port, payloadHash: 'UNSIGNED-PAYLOAD' }).headers;
    return await new Promise((resolve, reject) => {
      const { method, target: path } = unsigned;
      request({ agent, host: '127.0.0.1', port, method, path, headers: all }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      })
        .on('error', reject)
        .end(body);
    });
  };
  return { send, close: () => agent.destroy() };
}

const repeated = ['Bucket', 'Contents', 'Part', 'Upload'];
const parser = new XMLParser({ isArray: (name) => repeated.includes(name), parseTagValue: false });

/** The elements of that name right under the answer's root (and one more element, if given), as texts by name. */
export function elements(reply: Reply, name: string, parent?: string): Record<string, string>[] {
  const [root] = Object.entries(parser.parse(reply.body))
    .filter(([tag]) => !tag.startsWith('?'))
    .map(([, value]) => value as Record<string, never>);
  return (parent === undefined ? root?.[name] : root?.[parent]?.[name]) ?? [];
}
