import { expect, test } from 'vitest';
import { dial, exchange, lines, readAnswer } from './raw.ts';
import { serve } from './serving.ts';
import { presigned, signed } from './signing.ts';

// What Node would answer in the server's place, or leave out, unless it is told not to.

async function withBucket() {
  const { port, lines: log } = await serve();
  const send = (
    method: string,
    target: string,
    headers: Record<string, string> = {},
    added: readonly string[] = [],
  ) => {
    const all = lines(method, target, signed({ method, target, headers }, { port }).headers);
    return exchange(port, [...all, ...added]);
  };
  expect((await send('PUT', '/lake', { 'content-length': '0' })).status).toBe(200);
  return { port, log, send };
}

test('an expectation that the server does not know is passed over', async () => {
  const { send } = await withBucket();
  expect((await send('HEAD', '/lake', { expect: '200-ok' })).status).toBe(200);
  expect((await send('GET', '/lake/k', { expect: 'x' })).code).toBe('NoSuchKey');
});

test('a request without a host is refused as one that nobody signed', async () => {
  const { port } = await withBucket();
  const answer = await exchange(port, ['GET / HTTP/1.1']);
  expect([answer.status, answer.code]).toEqual([403, 'AccessDenied']);
});

test('a request for a tunnel is answered', async () => {
  const { port } = await withBucket();
  const answer = await exchange(port, ['CONNECT 127.0.0.1:22 HTTP/1.1', 'Host: x']);
  expect([answer.status, answer.code]).toEqual([501, 'NotImplemented']);
});

test('a header behind two thousand others is heeded', async () => {
  const { send } = await withBucket();
  const others = Array.from({ length: 2500 }, () => 'a:');
  const answer = await send('GET', '/lake', {}, [...others, 'x-amz-acl: public-read']);
  expect([answer.status, answer.code]).toEqual([403, 'AccessDenied']);
});

test('a client that has sent all and closed its side gets its answer', async () => {
  const { port, log } = await withBucket();
  const request = {
    method: 'PUT',
    target: '/lake/k',
    headers: { 'content-length': '200000' },
    body: 'x'.repeat(200_000),
  };
  const socket = dial(port);
  socket.end(`${lines('PUT', '/lake/k', signed(request, { port }).headers).join('\r\n')}\r\n\r\n${request.body}`);
  expect((await readAnswer(socket)).status).toBe(200);
  expect(log).toEqual([]);
});

test.each([
  'a%20b',
  '%C3%A9',
  '%3A',
  '%0A',
])('metadata named x-amz-meta-%s in a URL, which no header can have as its name, are refused', async (name) => {
  const { port, log } = await withBucket();
  const target = presigned({ method: 'PUT', target: `/lake/k?x-amz-meta-${name}=x` }, { port }, 60);
  const answer = await exchange(port, lines('PUT', target, { host: `127.0.0.1:${port}`, 'content-length': '0' }));
  expect([answer.status, answer.code]).toEqual([400, 'InvalidArgument']);
  expect(log).toEqual([]);
});
