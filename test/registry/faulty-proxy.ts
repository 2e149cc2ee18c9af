import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with a request; `cut` breaks off after so many bytes of its body, `cut answer` in its answer. */
export type Wrong =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'cut'; readonly after: number }
  | { readonly kind: 'cut answer' }
  | { readonly kind: 'silent' };

/** Whether something goes wrong with a request; `nth` counts those of the same method and path, from 1. */
export type Rule = (request: { method: string; path: string; nth: number }) => Wrong | undefined;

/** Stands before a server on a loopback port, and lets go wrong what the rule says. */
export async function startFaultyProxy(targetPort: number) {
  let rule: Rule = () => undefined;
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    const line = `${method} ${url.replace(/\?.*/, '')}`;
    seen.push(line);
    const wrong = rule({ method, path: url, nth: seen.filter((each) => each === line).length });
    if (!wrong) return forward(targetPort, request, response);
    goWrong(wrong, targetPort, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** `METHOD /path` of every request since `set`. */
    seen,
    set(next: Rule) {
      rule = next;
      seen.length = 0;
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function goWrong(wrong: Wrong, targetPort: number, request: IncomingMessage, response: ServerResponse): void {
  switch (wrong.kind) {
    case 'answer':
      request.resume();
      response.writeHead(wrong.status, wrong.headers).end(wrong.body ?? '');
      return;
    case 'cut':
      forward(targetPort, request, response, wrong.after);
      return;
    case 'cut answer':
      request.resume();
      response.writeHead(200, { 'content-length': '100000' });
      response.write('{"part":');
      setImmediate(() => response.destroy());
      return;
    case 'silent':
      request.resume();
  }
}

/** Up to so many bytes of the body; then both connections are broken off. */
function forward(port: number, request: IncomingMessage, response: ServerResponse, bytes = Number.POSITIVE_INFINITY) {
  const { method, url, headers } = request;
  const onward = httpRequest({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  let passed = 0;
  request.on('data', (chunk: Buffer) => {
    const rest = bytes - passed;
    passed += chunk.length;
    if (chunk.length <= rest) onward.write(chunk);
    else
      onward.write(chunk.subarray(0, rest), () => {
        onward.destroy();
        request.destroy();
      });
  });
  request.on('end', () => onward.end());
}
