import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkS3, openS3, type S3Address } from '../../src/tools/s3.ts';
import { keysOf, listening, startS3 } from './s3-server.ts';

let s3Server: Awaited<ReturnType<typeof startS3>>;
let root: S3Address;
beforeAll(async () => {
  s3Server = await startS3();
  root = s3Server.root;
});
afterAll(() => s3Server.close());

async function read(stream: Readable): Promise<Buffer> {
  return Buffer.concat(await stream.toArray());
}

describe('the check of a connection', () => {
  test('says how long the answer took', async () => {
    const check = await checkS3(root);
    expect(check).toEqual({ ok: true, latencyMs: expect.any(Number) });
  });

  test.each<[string, (good: S3Address) => Partial<S3Address>, string, RegExp]>([
    ['address', () => ({ endpoint: 'not a url' }), 'address', /Invalid URL/],
    ['address', () => ({ endpoint: 'ftp://127.0.0.1:21' }), 'address', /http/],
    ['address', () => ({ bucket: '' }), 'address', /bucket is missing/],
    ['name', () => ({ endpoint: 'http://no-such-host.invalid:9000' }), 'name', /no-such-host/],
    ['port', () => ({ endpoint: 'http://127.0.0.1:1' }), 'port', /ECONNREFUSED/],
    [
      'tls',
      ({ endpoint }) => ({ endpoint: endpoint.replace('http', 'https') }),
      'tls',
      /ssl|tls|packet|wrong version/i,
    ],
    ['login', () => ({ accessKeyId: 'nobody' }), 'login', /InvalidAccessKeyId/],
    ['login', () => ({ secretAccessKey: 'wrong' }), 'login', /SignatureDoesNotMatch/],
    ['bucket', () => ({ bucket: 'nowhere' }), 'bucket', /NoSuchBucket/],
    ['bucket', () => s3Server.otherKey, 'bucket', /AccessDenied/],
  ])('says that the %s is wrong', async (_, change, stage, reason) => {
    const check = await checkS3({ ...root, ...change(root) });
    expect(check).toEqual({ ok: false, stage, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(check)).not.toContain(root.secretAccessKey);
  });

  test('says that a server which never answers took too long', async () => {
    await listening(
      createServer(() => {}),
      async (port) => {
        const check = await checkS3({ ...root, endpoint: `http://127.0.0.1:${port}` }, { timeoutMs: 150 });
        expect(check).toEqual({ ok: false, stage: 'timeout', reason: 'no answer within 0.15 s' });
      },
    );
  });

  test('says that a server which closes the connection is none', async () => {
    await listening(
      createServer((socket) => socket.destroy()),
      async (port) => {
        expect(await checkS3({ ...root, endpoint: `http://127.0.0.1:${port}` })).toMatchObject({
          ok: false,
          stage: 'port',
        });
      },
    );
  });

  test('says that a server which speaks no HTTP is probably one of TLS', async () => {
    await listening(
      createServer((socket) => socket.end('\x15\x03\x01')),
      async (port) => {
        expect(await checkS3({ ...root, endpoint: `http://127.0.0.1:${port}` })).toMatchObject({
          ok: false,
          stage: 'tls',
        });
      },
    );
  });

  test.each([
    ['a page of HTML', 502, '<html><body>Bad gateway'],
    ['nothing', 500, ''],
    ['text', 503, 'busy & < down'],
  ])('says that a server which answers with %s has a fault', async (_, status, body) => {
    const faulty = createHttpServer((_request, response) => response.writeHead(status).end(body));
    await listening(faulty, async (port) => {
      const check = await checkS3({ ...root, endpoint: `http://127.0.0.1:${port}` });
      expect(check).toEqual({ ok: false, stage: 'server', reason: `HTTP ${status}` });
    });
  });

  test('is broken off by its signal, whose reason is thrown', async () => {
    const reason = new Error('interrupted');
    await expect(checkS3(root, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('what is under way', () => {
  test('is broken off by the signal, whose reason is thrown', async () => {
    const reason = new Error('interrupted');
    const controller = new AbortController();
    await listening(
      createServer(() => controller.abort(reason)),
      async (port) => {
        const s3 = openS3({ ...root, endpoint: `http://127.0.0.1:${port}` }, { signal: controller.signal });
        await expect(s3.headBucket()).rejects.toBe(reason);
      },
    );
  });

  test('ends with a Failure when nothing moves any more', async () => {
    const stuck = createHttpServer((_request, response) =>
      response.writeHead(200, { 'content-length': 10 }).write('x'),
    );
    await listening(stuck, async (port) => {
      const s3 = openS3({ ...root, endpoint: `http://127.0.0.1:${port}` }, { idleMs: 100 });
      await expect(keysOf(s3.list(''))).rejects.toMatchObject({ name: 'Failure', kind: 'unhealthy' });
    });
  });

  test('ends with an error when the object breaks off in the middle', async () => {
    const torn = createHttpServer((_request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('x', () => response.destroy());
    });
    await listening(torn, async (port) => {
      const stream = await openS3({ ...root, endpoint: `http://127.0.0.1:${port}` }).get('a');
      await expect(read(stream)).rejects.toThrow(/aborted/);
    });
  });

  test('keeps the dots of a key and the path of an endpoint', async () => {
    const seen: (string | undefined)[] = [];
    const recording = createHttpServer((request, response) => {
      seen.push(request.url);
      response.end();
    });
    await listening(recording, async (port) => {
      await openS3({ ...root, endpoint: `http://127.0.0.1:${port}/base/` }).put('a/../b/./c d', 'x');
    });
    expect(seen).toEqual(['/base/lake/a/../b/./c%20d']);
  });

  test('goes to the bucket as a host name where the server wants it so', async () => {
    const address = { ...root, endpoint: 'http://no-such-host.invalid:9000', pathStyle: false };
    expect(await checkS3(address)).toMatchObject({
      stage: 'name',
      reason: expect.stringContaining('lake.no-such-host.invalid'),
    });
  });
});
