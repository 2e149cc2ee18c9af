import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { exchange, lines, type RawAnswer } from './raw.ts';
import { clientFor, failure, root, serve } from './serving.ts';
import { presigned, presignedV2, signed, type Unsigned } from './signing.ts';

async function withObject() {
  const { port } = await serve();
  const client = clientFor(port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'content' }));
  return port;
}

const get: Unsigned = { method: 'GET', target: '/lake/k' };

async function send(port: number, request: Unsigned, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  return await exchange(port, lines(request.method, request.target, headers), request.body);
}

test('an unknown key and a wrong secret are refused', async () => {
  const { port } = await serve();
  const list = (accessKeyId: string, secretAccessKey: string) =>
    failure(clientFor(port, { accessKeyId, secretAccessKey }).send(new ListBucketsCommand({})));
  expect(await list('nobody', root.secretAccessKey)).toEqual({ code: 'InvalidAccessKeyId', status: 403 });
  expect(await list(root.accessKeyId, 'wrong')).toEqual({ code: 'SignatureDoesNotMatch', status: 403 });
});

test('a request without a signature is refused, whatever it asks', async () => {
  const port = await withObject();
  for (const target of ['/', '/lake', '/lake/k', '/none/k', '/lake?acl']) {
    const answer = await send(port, { method: 'GET', target }, { host: 'x' });
    expect([answer.status, answer.code], target).toEqual([403, 'AccessDenied']);
  }
});

test('what browsers send unsigned is refused for what it is', async () => {
  const port = await withObject();
  const preflight = { origin: 'http://localhost', 'access-control-request-method': 'GET' };
  const asked = await send(port, { method: 'OPTIONS', target: '/lake/k' }, { host: 'x', ...preflight });
  expect([asked.status, asked.code]).toEqual([403, 'AccessForbidden']);
  const form = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '0' };
  const posted = await send(port, { method: 'POST', target: '/lake' }, { host: 'x', ...form });
  expect([posted.status, posted.code]).toEqual([501, 'NotImplemented']);
});

test('the token of a temporary key is refused, however it comes', async () => {
  const port = await withObject();
  const token = { 'x-amz-security-token': 'token' };
  const inHeader = await send(port, get, signed({ ...get, headers: token }, { port }).headers);
  expect([inHeader.status, inHeader.code]).toEqual([400, 'InvalidToken']);
  const target = presigned({ ...get, target: '/lake/k?X-Amz-Security-Token=token' }, { port }, 60);
  expect((await send(port, { ...get, target }, { host: `127.0.0.1:${port}` })).code).toBe('InvalidToken');
});

test('a signed request goes through, and no part of it can be changed', async () => {
  const port = await withObject();
  const { headers } = signed(get, { port });
  expect((await send(port, get, headers)).body).toBe('content');
  const refused = async (request: Unsigned, changed: Record<string, string>) =>
    (await send(port, request, { ...headers, ...changed })).code;
  expect(await refused({ ...get, method: 'DELETE' }, {})).toBe('SignatureDoesNotMatch');
  expect(await refused({ ...get, target: '/lake/other' }, {})).toBe('SignatureDoesNotMatch');
  expect(await refused({ ...get, target: '/lake/k?versions' }, {})).toBe('SignatureDoesNotMatch');
  expect(await refused(get, { host: 'elsewhere' })).toBe('SignatureDoesNotMatch');
  expect(await refused(get, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' })).toBe('SignatureDoesNotMatch');
  const last = headers.authorization.at(-1) === '0' ? '1' : '0';
  expect(await refused(get, { authorization: headers.authorization.slice(0, -1) + last })).toBe(
    'SignatureDoesNotMatch',
  );
});

test('a header of S3 that is not signed is refused', async () => {
  const port = await withObject();
  const { headers } = signed(get, { port });
  const answer = await send(port, get, { ...headers, 'x-amz-meta-added': 'on the way' });
  expect([answer.code, answer.body.includes('x-amz-meta-added')]).toEqual(['AccessDenied', true]);
});

test('a body that is not the one signed is refused, and not kept', async () => {
  const port = await withObject();
  const put: Unsigned = { method: 'PUT', target: '/lake/k', headers: { 'content-length': '5' }, body: 'right' };
  const { headers } = signed(put, { port });
  const answer = await send(port, { ...put, body: 'wrong' }, headers);
  expect([answer.status, answer.code]).toEqual([400, 'XAmzContentSHA256Mismatch']);
  expect((await send(port, get, signed(get, { port }).headers)).body).toBe('content');
});

test('a Content-MD5 that does not fit the body, or is none, is refused', async () => {
  const port = await withObject();
  const put = async (md5: string) => {
    const request = {
      method: 'PUT',
      target: '/lake/k',
      headers: { 'content-length': '1', 'content-md5': md5 },
      body: 'x',
    };
    return (await send(port, request, signed(request, { port }).headers)).code;
  };
  expect(await put('AAAAAAAAAAAAAAAAAAAAAA==')).toBe('BadDigest');
  expect(await put('nonsense')).toBe('InvalidDigest');
});

test('a clock that is more than fifteen minutes off is refused', async () => {
  const port = await withObject();
  const at = async (minutes: number) => {
    const { headers } = signed(get, { port, at: new Date(Date.now() + minutes * 60_000) });
    return await send(port, get, headers);
  };
  expect((await at(-14)).status).toBe(200);
  expect((await at(14)).status).toBe(200);
  expect([(await at(-16)).code, (await at(16)).code]).toEqual(['RequestTimeTooSkewed', 'RequestTimeTooSkewed']);
});

test('a presigned URL works until it expires, and for what it was signed only', async () => {
  const port = await withObject();
  const ask = (target: string, method = 'GET') => send(port, { method, target }, { host: `127.0.0.1:${port}` });
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  expect((await ask(presigned(get, { port }, 60))).body).toBe('content');
  expect((await ask(presigned(get, { port, at: minutesAgo(50) }, 3600))).body).toBe('content');
  const expired = await ask(presigned(get, { port, at: minutesAgo(2) }, 60));
  expect([expired.status, expired.code]).toEqual([403, 'AccessDenied']);
  expect(expired.body).toContain('Request has expired');
  expect((await ask(presigned(get, { port, at: minutesAgo(-20) }, 60))).code).toBe('AccessDenied');
  const valid = presigned(get, { port }, 60);
  expect((await ask(valid, 'DELETE')).code).toBe('SignatureDoesNotMatch');
  expect((await ask(valid.replace('Expires=60', 'Expires=600'))).code).toBe('SignatureDoesNotMatch');
  expect((await ask(valid.replace('/lake/k', '/lake/j'))).code).toBe('SignatureDoesNotMatch');
  expect((await ask(presigned(get, { port }, 604_801))).code).toBe('AuthorizationQueryParametersError');
  expect((await ask(valid.replace(/&X-Amz-Signature=.*/, ''))).code).toBe('AuthorizationQueryParametersError');
});

test('a presigned URL can put an object, and name the headers of its answer', async () => {
  const port = await withObject();
  const put = presigned({ method: 'PUT', target: '/lake/new' }, { port }, 60);
  const host = { host: `127.0.0.1:${port}` };
  expect(
    (await send(port, { method: 'PUT', target: put, body: 'new' }, { ...host, 'content-length': '3' })).status,
  ).toBe(200);
  const target = '/lake/new?response-content-disposition=attachment&response-content-type=text%2Fplain';
  const answer = await send(port, { method: 'GET', target: presigned({ method: 'GET', target }, { port }, 60) }, host);
  expect([answer.headers['content-type'], answer.headers['content-disposition']]).toEqual(['text/plain', 'attachment']);
  const splitting = '/lake/new?response-content-type=a%0D%0Aset-cookie%3A%20x';
  const hostile = await send(
    port,
    { method: 'GET', target: presigned({ method: 'GET', target: splitting }, { port }, 60) },
    host,
  );
  expect([hostile.code, hostile.headers['set-cookie']]).toEqual(['InvalidArgument', undefined]);
});

test('the checksum of no body that an SDK puts into a presigned URL is not heeded', async () => {
  const port = await withObject();
  const target = '/lake/new?x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32';
  const put = { method: 'PUT', body: 'a body' };
  const host = { host: `127.0.0.1:${port}` };
  for (const url of [
    presigned({ ...put, target }, { port }, 60),
    presignedV2(
      {
        ...put,
        target: '/lake/new',
        headers: {
          'x-amz-checksum-crc32': 'AAAAAA==',
          'x-amz-sdk-checksum-algorithm': 'CRC32',
        },
      },
      {},
      60,
    ).replace('/lake/new?', `${target}&`),
  ]) {
    const answer = await send(port, { ...put, target: url }, { ...host, 'content-length': '6' });
    expect([answer.status, answer.headers['x-amz-checksum-crc32']], url).toEqual([200, undefined]);
  }
});

test.each([
  ['AWS root:signature', 'InvalidRequest'],
  ['Bearer token', 'InvalidRequest'],
  ['AWS4-HMAC-SHA256', 'AuthorizationHeaderMalformed'],
  ['AWS4-HMAC-SHA256 Credential=root, SignedHeaders=host, Signature=00', 'AuthorizationHeaderMalformed'],
  [
    'AWS4-HMAC-SHA256 Credential=root/20200101/r/s3/aws4_request, SignedHeaders=host, Signature=0',
    'AuthorizationHeaderMalformed',
  ],
  [
    'AWS4-HMAC-SHA256 Credential=root/20200101/r/ec2/aws4_request, SignedHeaders=host, Signature=0',
    'AuthorizationHeaderMalformed',
  ],
])('the authorization "%s" is answered with %s', async (authorization, code) => {
  const { port } = await serve();
  const { headers } = signed(get, { port });
  expect((await send(port, get, { ...headers, authorization })).code).toBe(code);
});

test('two ways to authenticate in one request are refused', async () => {
  const port = await withObject();
  const target = presigned(get, { port }, 60);
  expect((await send(port, { ...get, target }, signed(get, { port }).headers)).code).toBe('InvalidArgument');
});

test('header values with spaces and bytes beyond ASCII are signed as they are sent', async () => {
  const port = await withObject();
  const request = {
    method: 'PUT',
    target: '/lake/k',
    headers: { 'content-length': '0', 'x-amz-meta-name': 'J\u00f6rg  x' },
  };
  const { headers } = signed(
    { ...request, headers: { ...request.headers, 'x-amz-meta-name': 'J\u00f6rg x' } },
    { port },
  );
  expect((await send(port, request, { ...headers, 'x-amz-meta-name': '  J\u00f6rg \t  x ' })).status).toBe(200);
});

test('any region is good enough to sign for', async () => {
  const port = await withObject();
  const client = clientFor(port);
  client.config.region = async () => 'eu-central-1';
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }));
  expect(await Body?.transformToString()).toBe('content');
});
