import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { dial, exchange, lines, readAnswer } from './raw.ts';
import { clientFor, serve } from './serving.ts';
import { presigned, presignedV2, signed, type Unsigned } from './signing.ts';

async function withBucket(idleTimeout = 60_000) {
  const { port, lines: log } = await serve({ idleTimeout });
  const client = clientFor(port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  const isStillServing = async () => {
    await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'alive', Body: 'yes' }));
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'lake' }));
    expect(Contents?.map(({ Key }) => Key)).toContain('alive');
    expect(log).toEqual([]);
  };
  const send = (request: Unsigned) => {
    const headers = { 'content-length': String(Buffer.byteLength(request.body ?? '')), ...request.headers };
    const { headers: all } = signed({ ...request, headers }, { port });
    return exchange(port, lines(request.method, request.target, all), request.body);
  };
  return { port, client, isStillServing, send };
}

test.each([
  ['is not XML', 'hello'],
  ['is cut off', '<Delete><Object><Key>a</Key>'],
  ['is of another kind', '<Other/>'],
  ['asks for nothing', '<Delete></Delete>'],
  ['defines an entity', '<!DOCTYPE x [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>'],
  [
    'is a bomb of entities',
    `<!DOCTYPE x [<!ENTITY a "${'x'.repeat(1000)}">${[...'bcdefgh']
      .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefg'[index]};`.repeat(50)}">`)
      .join('')}]><Delete><Object><Key>&h;</Key></Object></Delete>`,
  ],
  [
    'reads a file',
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&a;</Key></Object></Delete>',
  ],
  ['uses an entity that is not defined', '<Delete><Object><Key>&a;</Key></Object></Delete>'],
  ['nests without end', '<Delete>'.repeat(5000) + '</Delete>'.repeat(5000)],
  ['has too many elements', `<Delete>${'<a/>'.repeat(200_000)}</Delete>`],
  ['has instructions for somebody else', `<Delete>${'<?a?>'.repeat(300_000)}</Delete>`],
  ['has a key that is no text', '<Delete><Object><Key><b>a</b></Key></Object></Delete>'],
  ['pollutes prototypes', '<Delete><__proto__><Object/></__proto__></Delete>'],
])('a document that %s is refused as malformed', async (_, body) => {
  const { send, isStillServing } = await withBucket();
  const answer = await send({ method: 'POST', target: '/lake?delete', body });
  expect([answer.status, answer.code]).toEqual([400, 'MalformedXML']);
  await isStillServing();
});

test('a document that is too long is refused before it is read', async () => {
  const { send, isStillServing } = await withBucket();
  const body = `<Delete><Object><Key>${'a'.repeat(3 * 1024 * 1024)}</Key></Object></Delete>`;
  const answer = await send({ method: 'POST', target: '/lake?delete', body });
  expect([answer.status, answer.code]).toEqual([400, 'MaxMessageLengthExceeded']);
  await isStillServing();
});

test('more than a thousand deletions in one request are refused', async () => {
  const { send } = await withBucket();
  const body = `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1001)}</Delete>`;
  expect((await send({ method: 'POST', target: '/lake?delete', body })).code).toBe('MalformedXML');
});

test.each([
  [
    'a header that is too long',
    ['GET / HTTP/1.1', 'Host: x', `X-Long: ${'x'.repeat(20_000)}`],
    'RequestHeaderSectionTooLarge',
  ],
  ['a target that is too long', [`GET /${'x'.repeat(20_000)} HTTP/1.1`, 'Host: x'], 'RequestHeaderSectionTooLarge'],
  ['what is not HTTP', ['\u0016\u0003\u0001 hello'], 'BadRequest'],
  ['two lengths', ['PUT /a/b HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Content-Length: 2'], 'BadRequest'],
  [
    'a length and chunks',
    ['PUT /a/b HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Transfer-Encoding: chunked'],
    'BadRequest',
  ],
  ['a target that is no path', ['GET http://169.254.169.254/ HTTP/1.1', 'Host: x'], 'InvalidURI'],
])("%s is answered with S3's error", async (_, head, code) => {
  const { port, isStillServing } = await withBucket();
  const answer = await exchange(port, head);
  expect([answer.status, answer.code]).toEqual([400, code]);
  await isStillServing();
});

test('a signed header named like a property of all objects is none', async () => {
  const { port, isStillServing } = await withBucket();
  const { headers } = signed({ method: 'GET', target: '/lake' }, { port });
  const authorization = headers.authorization.replace('SignedHeaders=', 'SignedHeaders=constructor;__proto__;');
  const answer = await exchange(port, lines('GET', '/lake', { ...headers, authorization }));
  expect([answer.status, answer.code]).toEqual([403, 'SignatureDoesNotMatch']);
  await isStillServing();
});

test('metadata of more than 2 KB are refused', async () => {
  const { send, isStillServing } = await withBucket();
  const headers = { 'x-amz-meta-long': 'x'.repeat(2048) };
  const answer = await send({ method: 'PUT', target: '/lake/k', headers });
  expect([answer.status, answer.code]).toEqual([400, 'MetadataTooLarge']);
  await isStillServing();
});

test('an upload that does not say how long it is, or is too long, is refused', async () => {
  const { port, isStillServing } = await withBucket();
  const put = async (headers: Record<string, string>) => {
    const request = { method: 'PUT', target: '/lake/k', headers };
    return await exchange(
      port,
      lines('PUT', '/lake/k', signed(request, { port, payloadHash: 'UNSIGNED-PAYLOAD' }).headers),
    );
  };
  expect((await put({})).code).toBe('MissingContentLength');
  expect((await put({ 'content-length': String(6 * 1024 ** 3), expect: '100-continue' })).code).toBe('EntityTooLarge');
  await isStillServing();
});

test('a client that waits to be told to go on is not asked for a body that would be refused', async () => {
  const { port, isStillServing } = await withBucket();
  const headers = { host: 'x', 'content-length': '1000000', expect: '100-continue' };
  const answer = await exchange(port, lines('PUT', '/lake/k', headers));
  expect([answer.status, answer.code, answer.headers.connection]).toEqual([403, 'AccessDenied', 'close']);
  await isStillServing();
});

test('a client that sends on after it was refused still gets its answer', async () => {
  const { port, isStillServing } = await withBucket();
  const body = Buffer.alloc(4 * 1024 * 1024);
  const headers = { host: 'x', 'content-length': String(body.length) };
  expect((await exchange(port, lines('PUT', '/lake/k', headers), body)).code).toBe('AccessDenied');
  await isStillServing();
});

function startPut(port: number, sent: string, length: number) {
  const request = { method: 'PUT', target: '/lake/k', headers: { 'content-length': String(length) } };
  const { headers } = signed(request, { port, payloadHash: 'UNSIGNED-PAYLOAD' });
  const socket = dial(port);
  socket.write(`${lines('PUT', '/lake/k', headers).join('\r\n')}\r\n\r\n${sent}`);
  return socket;
}

test('chunks that are not those of HTTP are refused, and leave no object', async () => {
  const { port, client, isStillServing } = await withBucket();
  const headers = { 'transfer-encoding': 'chunked', 'x-amz-decoded-content-length': '5' };
  const request = { method: 'PUT', target: '/lake/k', headers };
  const { headers: all } = signed(request, { port, payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' });
  const answer = await exchange(port, lines('PUT', '/lake/k', all), '5\r\n5\r\nhe\r\nnonsense\r\n');
  expect([answer.status, answer.code]).toEqual([400, 'BadRequest']);
  await expect(client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }))).rejects.toThrow('key does not exist');
  await isStillServing();
});

test('a client that stops sending is told so, and given up', async () => {
  const { port, isStillServing } = await withBucket(300);
  const socket = startPut(port, 'only this', 1000);
  const ended = new Promise((resolve) => socket.once('close', resolve).once('end', resolve));
  const answer = await readAnswer(socket);
  expect([answer.status, answer.code]).toEqual([400, 'RequestTimeout']);
  await ended;
  await isStillServing();
});

test('a client that stops in the middle of its headers is told so, and given up', async () => {
  const { port, isStillServing } = await withBucket(300);
  const socket = dial(port);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const answer = await readAnswer(socket);
  expect([answer.status, answer.code]).toEqual([400, 'RequestTimeout']);
  await isStillServing();
});

test('a connection that is half closed in the middle of a body leaves no object', async () => {
  const { port, client, isStillServing } = await withBucket();
  const socket = startPut(port, 'half', 1000);
  const closed = new Promise((resolve) => socket.once('close', resolve).once('end', resolve));
  socket.end();
  socket.resume();
  await closed;
  await expect(client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }))).rejects.toThrow('key does not exist');
  await isStillServing();
});

test('what follows a request is not answered in its place', async () => {
  const { port, isStillServing } = await withBucket();
  const socket = startPut(port, 'whole, and then what is not HTTP', 5);
  const answer = await readAnswer(socket).catch(() => undefined);
  expect(answer?.code).not.toBe('BadRequest');
  await isStillServing();
});

test('clients that go away while they read do not trouble the server', async () => {
  const { port, client, isStillServing } = await withBucket();
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'alive', Body: Buffer.alloc(20 * 1024 * 1024) }));
  for (let time = 0; time < 5; time++) {
    const { headers } = signed({ method: 'GET', target: '/lake/alive' }, { port });
    const socket = dial(port);
    socket.write(`${lines('GET', '/lake/alive', headers).join('\r\n')}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
  }
  await isStillServing();
});

test('a header in a URL has a name that a header can have', async () => {
  const { port, isStillServing } = await withBucket();
  const put = async (target: string) => {
    const head = lines('PUT', target, { host: `127.0.0.1:${port}`, 'content-length': '0' });
    return (await exchange(port, head)).code;
  };
  const target = '/lake/k?x-amz-meta-a%0D%0Ab=1';
  expect(await put(presigned({ method: 'PUT', target }, { port }, 60))).toBe('InvalidArgument');
  // One name that reads like two headers, where version 2 signs no more than lines.
  const headers = { 'x-amz-acl': 'private', 'x-amz-copy-source': 'lake/alive' };
  const copy = presignedV2({ method: 'PUT', target: '/lake/k', headers }, {}, 60);
  expect(await put(`${copy}&x-amz-acl%3Aprivate%0Ax-amz-copy-source=lake%2Falive`)).toBe('InvalidArgument');
  await isStillServing();
});
