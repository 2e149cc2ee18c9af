import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connectTo } from './kill-client.ts';
import { accepted } from './kill-writer.ts';
import { dial, lines, readAnswer } from './raw.ts';
import { serve } from './serving.ts';
import { signed } from './signing.ts';

async function withBucket(idleTimeout: number) {
  const { port, lines: log } = await serve({ idleTimeout });
  const { send, close } = connectTo(port);
  accepted(await send({ method: 'PUT', target: '/lake' }));
  const isStillServing = async () => {
    accepted(await send({ method: 'PUT', target: '/lake/alive', body: 'yes' }));
    expect((await send({ method: 'GET', target: '/lake/alive' })).body.toString()).toBe('yes');
    close();
    expect(log).toEqual([]);
  };
  return { port, send, isStillServing };
}

/** Sends a text byte by byte, until it is sent or the connection is over. */
async function drip(socket: Socket, text: string, every: number): Promise<void> {
  for (const byte of text) {
    if (!socket.writable || socket.readableEnded) return;
    socket.write(byte);
    await pause(every);
  }
}

const isOver = (socket: Socket): Promise<unknown> => {
  socket.resume();
  return new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
};

test("two hundred connections that say nothing are in nobody's way, and are ended in the end", async () => {
  const { port, isStillServing } = await withBucket(1000);
  const sockets = Array.from({ length: 200 }, () => dial(port));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const ends = sockets.map(isOver);
  await isStillServing();
  await Promise.all(ends);
});

test("two hundred clients in the middle of their headers and two hundred in the middle of their bodies are in nobody's way", async () => {
  const { port, isStillServing } = await withBucket(1000);
  const sockets = Array.from({ length: 400 }, () => dial(port));
  const request = { method: 'PUT', target: '/lake/k', headers: { 'content-length': '100' } };
  const head = lines('PUT', '/lake/k', signed(request, { port, payloadHash: 'UNSIGNED-PAYLOAD' }).headers).join('\r\n');
  for (const [index, socket] of sockets.entries()) socket.write(index < 200 ? head : `${head}\r\n\r\nhalf`);
  const answers = sockets.map((socket) => readAnswer(socket));
  await isStillServing();
  expect(new Set((await Promise.all(answers)).map(({ code }) => code))).toEqual(new Set(['RequestTimeout']));
});

test('a client whose headers come byte by byte is given up, however long it goes on', async () => {
  const { port, isStillServing } = await withBucket(500);
  const socket = dial(port);
  const answer = readAnswer(socket);
  await drip(socket, `GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ${'x'.repeat(200)}`, 20);
  expect((await answer).code).toBe('RequestTimeout');
  await isStillServing();
});

test('a body that comes byte by byte is taken, as long as it goes on', async () => {
  const { port, send, isStillServing } = await withBucket(1000);
  const text = 'one byte after the other';
  const request = { method: 'PUT', target: '/lake/k', headers: { 'content-length': String(text.length) } };
  const socket = dial(port);
  const answer = readAnswer(socket);
  socket.write(
    `${lines('PUT', '/lake/k', signed(request, { port, payloadHash: 'UNSIGNED-PAYLOAD' }).headers).join('\r\n')}\r\n\r\n`,
  );
  await drip(socket, text, 80);
  expect((await answer).status).toBe(200);
  expect((await send({ method: 'GET', target: '/lake/k' })).body.toString()).toBe(text);
  await isStillServing();
});

const isExhaustive = process.env['DK_TEST_EXHAUSTIVE'] !== undefined;

const notNow = isExhaustive ? '' : ' (it takes a while: DK_TEST_EXHAUSTIVE=1)';

test.skipIf(!isExhaustive)(`a client that does not read its answer is given up${notNow}`, async () => {
  const { port, send, isStillServing } = await withBucket(1000);
  accepted(await send({ method: 'PUT', target: '/lake/large', body: Buffer.alloc(40 * 1024 * 1024) }));
  const socket = dial(port).pause();
  const { headers } = signed({ method: 'GET', target: '/lake/large' }, { port });
  socket.write(`${lines('GET', '/lake/large', headers).join('\r\n')}\r\n\r\n`);
  // A paused side does not notice that the other one has gone. The server
  // waits for five seconds more than for a body, and Node twice as long for a write that had begun.
  await pause(14_000);
  let received = 0;
  socket.on('data', (data: Buffer) => {
    received += data.length;
  });
  await isOver(socket);
  expect(received).toBeLessThan(40 * 1024 * 1024);
  await isStillServing();
});
