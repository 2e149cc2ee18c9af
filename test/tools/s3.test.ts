import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ObjectStore, startObjectStore } from '../../src/object-store/server.ts';
import { checkS3, openS3, type S3Address } from '../../src/tools/s3.ts';
import { signRequest } from '../../src/tools/s3-signature.ts';

let folder: string;
let server: ObjectStore;
let root: S3Address;
const region = 'us-east-1';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dk-s3-'));
  const rootKey = { accessKeyId: 'rootrootroot', secretAccessKey: 'secret-of-the-root' };
  const other = { accessKeyId: 'otherother', secretAccessKey: 'secret-of-the-other', buckets: ['other'] };
  const keysFile = join(folder, 'keys.json');
  await writeFile(keysFile, JSON.stringify({ keys: [other] }));
  server = await startObjectStore({ dataDirectory: join(folder, 'data'), port: 0, rootKey, keysFile });
  root = { endpoint: `http://127.0.0.1:${server.port}`, region, bucket: 'lake', ...rootKey };
  await openS3(root).createBucket();
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A bucket of its own for one test. */
async function freshBucket(bucket: string) {
  const s3 = openS3({ ...root, bucket });
  await s3.createBucket();
  return s3;
}

async function read(stream: Readable): Promise<Buffer> {
  return Buffer.concat(await stream.toArray());
}

async function keysOf(pages: AsyncIterable<readonly { key: string }[]>): Promise<string[][]> {
  const all: string[][] = [];
  for await (const page of pages) all.push(page.map(({ key }) => key));
  return all;
}

/** A server of one's own on a free port, until the test has ended. */
async function listening<Kind extends Server>(server: Kind, use: (port: number) => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('a bucket', () => {
  test('is there once it was created, and creating it again is no failure', async () => {
    const s3 = openS3({ ...root, bucket: 'created' });
    expect(await s3.headBucket()).toBe(false);
    await s3.createBucket();
    await s3.createBucket();
    expect(await s3.headBucket()).toBe(true);
    await s3.deleteBucket();
    await s3.deleteBucket();
    expect(await s3.headBucket()).toBe(false);
  });

  test('is not said to be missing when the login is refused', async () => {
    const s3 = openS3({ ...root, secretAccessKey: 'wrong' });
    await expect(s3.headBucket()).rejects.toMatchObject({ name: 'Failure', kind: 'unhealthy' });
    await expect(s3.createBucket()).rejects.toMatchObject({ why: [expect.stringContaining('SignatureDoesNotMatch')] });
  });

  test('that holds objects is not deleted', async () => {
    const s3 = await freshBucket('full');
    await s3.put('a', 'x');
    await expect(s3.deleteBucket()).rejects.toMatchObject({ why: [expect.stringContaining('BucketNotEmpty')] });
  });
});

describe('objects', () => {
  test.each<[string, string | Uint8Array]>([
    ['text', 'hölle 🚀'],
    ['bytes', Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['nothing', ''],
  ])('of %s come back as they were put', async (key, body) => {
    const s3 = openS3(root);
    await s3.put(key, body);
    expect(await read(await s3.get(key))).toEqual(Buffer.from(body));
  });

  test('are put from the stream of a file', async () => {
    const file = join(folder, 'big.bin');
    await writeFile(file, Buffer.alloc(5_000_000, 'dk'));
    const s3 = openS3(root);
    await s3.put('big', { stream: createReadStream(file), size: (await stat(file)).size });
    expect((await read(await s3.get('big'))).equals(Buffer.alloc(5_000_000, 'dk'))).toBe(true);
  });

  test('are copied from one bucket into another without being held in memory', async () => {
    const [from, to] = [openS3(root), await freshBucket('copies')];
    const text = 'x'.repeat(300_000);
    await from.put('original', text);
    await to.put('copy', { stream: await from.get('original'), size: text.length });
    expect((await read(await to.get('copy'))).toString()).toBe(text);
  });

  test.each([
    ['shorter', 7],
    ['longer', 3],
  ])('are not made from a stream that is %s than announced', async (key, size) => {
    const s3 = openS3(root, { idleMs: 2_000 });
    await expect(s3.put(key, { stream: Readable.from([Buffer.from('12345')]), size })).rejects.toMatchObject({
      name: 'Failure',
    });
    await expect(s3.get(key)).rejects.toMatchObject({ kind: 'notFound' });
  });

  test('are not made from a stream that breaks, whose own error is told', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('the disk is gone'));
      },
    });
    const s3 = openS3(root);
    await expect(s3.put('broken', { stream: broken, size: 5 })).rejects.toMatchObject({ why: ['the disk is gone'] });
    await expect(s3.get('broken')).rejects.toMatchObject({ kind: 'notFound' });
  });

  test('that are refused are so before all of their stream was sent', async () => {
    const stream = Readable.from(Array.from({ length: 300 }, () => Buffer.alloc(100_000)));
    const putting = openS3({ ...root, secretAccessKey: 'wrong' }).put('refused', { stream, size: 30_000_000 });
    await expect(putting).rejects.toMatchObject({ kind: 'unhealthy', message: expect.stringContaining('(login)') });
  });

  test('that are not there are not found, with the bucket in the message', async () => {
    const getting = openS3(root).get('nowhere');
    await expect(getting).rejects.toMatchObject({
      kind: 'notFound',
      message: expect.stringContaining('nowhere in bucket lake'),
    });
  });

  test('have a key', async () => {
    const s3 = openS3(root);
    await expect(s3.put('', 'x')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(s3.get('')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(s3.delete([''])).rejects.toMatchObject({ kind: 'invalid' });
  });

  const strange = [
    ' spaces at both ends ',
    "it's (1)!*",
    'a&b<c>"d;',
    'line\nbreak\ttab',
    'double//slash',
    '/leading',
    'trailing/',
    'plus+percent%20',
    'question?x=1#y',
    'Zürich/東京/🚀',
    '&amp;',
    '~._-',
  ];
  test('of strange keys are put, got, listed by prefix and deleted', async () => {
    const s3 = await freshBucket('strange');
    for (const key of strange) await s3.put(key, key);
    for (const key of strange) {
      expect((await read(await s3.get(key))).toString()).toBe(key);
      expect((await keysOf(s3.list(key))).flat()).toEqual([key]);
    }
    expect((await keysOf(s3.list(''))).flat().sort()).toEqual([...strange].sort());
    await s3.delete(strange);
    expect(await keysOf(s3.list(''))).toEqual([]);
  });
});

describe('listing', () => {
  const keys = Array.from({ length: 1205 }, (_, index) => `n/${String(index).padStart(4, '0')}`);
  beforeAll(async () => {
    const s3 = await freshBucket('many');
    for (let start = 0; start < keys.length; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => s3.put(key, 'x')));
    }
  });

  test('goes on over pages to the end', async () => {
    const pages = await keysOf(openS3({ ...root, bucket: 'many' }).list('n/'));
    expect(pages.map(({ length }) => length)).toEqual([1000, 205]);
    expect(pages.flat()).toEqual(keys);
  });

  test('stops at the limit and starts after a key', async () => {
    const s3 = openS3({ ...root, bucket: 'many' });
    expect(await keysOf(s3.list('n/', { limit: 3 }))).toEqual([keys.slice(0, 3)]);
    expect((await keysOf(s3.list('n/', { limit: 1100 }))).flat()).toEqual(keys.slice(0, 1100));
    expect((await keysOf(s3.list('n/', { after: 'n/1199' }))).flat()).toEqual(keys.slice(1200));
    expect(await keysOf(s3.list('n/', { limit: 0 }))).toEqual([]);
  });

  test('tells size, time and etag', async () => {
    const s3 = await freshBucket('facts');
    const before = Date.now() - 2_000;
    await s3.put('a', 'hello');
    for await (const [object] of s3.list('')) {
      expect(object).toMatchObject({ key: 'a', size: 5, etag: '5d41402abc4b2a76b9719d911017c592' });
      expect(object?.modifiedAt.getTime()).toBeGreaterThan(before);
    }
  });

  test('of a bucket that is not there is a Failure', async () => {
    await expect(keysOf(openS3({ ...root, bucket: 'nowhere' }).list(''))).rejects.toMatchObject({
      why: [expect.stringContaining('NoSuchBucket')],
    });
  });

  test('and deleting go together, page by page, until nothing is left', async () => {
    const s3 = openS3({ ...root, bucket: 'many' });
    for await (const page of s3.list('')) await s3.delete(page.map(({ key }) => key));
    expect(await keysOf(s3.list(''))).toEqual([]);
    await s3.delete([]);
    await s3.delete(['was/never/there']);
  });
});

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
    ['bucket', () => ({ accessKeyId: 'otherother', secretAccessKey: 'secret-of-the-other' }), 'bucket', /AccessDenied/],
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

describe('the signature', () => {
  test('is the one of the example in the documentation of AWS', () => {
    const request = {
      method: 'GET',
      host: 'examplebucket.s3.amazonaws.com',
      path: '/test.txt',
      query: '',
      headers: { range: 'bytes=0-9' },
      payload: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    };
    const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    const credentials = { region, accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey };
    const { authorization } = signRequest(request, credentials, new Date('2013-05-24T00:00:00Z'));
    expect(authorization).toMatch(/SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, /);
    expect(authorization).toMatch(/Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41$/);
  });
});
