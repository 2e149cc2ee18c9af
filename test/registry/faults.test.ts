import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/failure.ts';
import { openRegistry } from '../../src/registry/open-registry.ts';
import { createTestContext } from '../helpers/context.ts';
import { chartToPush } from './charts.ts';
import { type Rule, startFaultyProxy, type Wrong } from './faulty-proxy.ts';
import { registryProgram, startRegistry } from './registry-server.ts';

const always =
  (wrong: Wrong): Rule =>
  () =>
    wrong;
const onUpload = (wrong: Wrong, times = Number.POSITIVE_INFINITY): Rule => {
  let left = times;
  return ({ method }) => (method === 'PUT' && left-- > 0 ? wrong : undefined);
};
const answer = (status: number, message = 'because', headers: Record<string, string> = {}): Wrong => {
  return { kind: 'answer', status, headers, body: JSON.stringify({ errors: [{ code: 'CODE', message }] }) };
};

describe.skipIf(!registryProgram)(`a registry that${registryProgram ? '' : ' (there is no registry on PATH)'}`, () => {
  let server: Awaited<ReturnType<typeof startRegistry>>;
  let proxy: Awaited<ReturnType<typeof startFaultyProxy>>;
  let package_: string;
  let number = 0;
  const open = (host: string, timeoutMs = 5000) => openRegistry(createTestContext().context, host, { timeoutMs });
  const push = async (timeoutMs?: number) => (await open(proxy.host, timeoutMs)).push(await chartToPush(package_));
  const failureOf = async (work: Promise<unknown>) =>
    (await work.then(
      () => undefined,
      (error) => error,
    )) as Failure;
  const published = async () => (await open(server.host)).versions(package_);

  beforeAll(async () => {
    server = await startRegistry();
    proxy = await startFaultyProxy(server.port);
  });
  beforeEach(() => {
    number += 1;
    package_ = `package-${number}`;
    proxy.set(() => undefined);
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.close();
  });

  it.each([
    [401, 'unhealthy', /asks for a login to take package-\d+ 1\.2\.4-g29aef01$/, 1],
    [403, 'refused', /^You may not take package-\d+ .* in the registry/, 1],
    [404, 'notFound', /it knows no such place$/, 1],
    [405, 'unhealthy', /did not take package-\d+/, 1],
    [429, 'unhealthy', /wants fewer requests/, 4],
    [500, 'unhealthy', /did not take package-\d+/, 4],
  ])('answers %i in the middle of a push is told in its own words, and nothing is published', async (status, kind, what, tries) => {
    proxy.set(onUpload(answer(status)));
    const failure = await failureOf(push());
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(what) });
    expect(failure.why[0]).toBe(`http://${proxy.host}: HTTP ${status}: CODE because`);
    expect(failure.next.length).toBeGreaterThan(0);
    expect(proxy.seen.filter((line) => line.startsWith('PUT'))).toHaveLength(tries);
    expect(await published()).toBeUndefined();
  });

  it('fails for a moment is asked again, as late as it says', async () => {
    proxy.set(({ nth, method }) => {
      if (method === 'GET' && nth === 1) return answer(503);
      return method === 'POST' && nth === 1 ? answer(429, 'slowly', { 'retry-after': '1' }) : undefined;
    });
    const began = performance.now();
    expect(await push()).toMatchObject({ outcome: 'pushed' });
    expect(performance.now() - began).toBeGreaterThan(1000);
    expect(await published()).toHaveLength(1);
  });

  it('breaks off in the middle of a blob gets the rest of it', async () => {
    proxy.set(onUpload({ kind: 'cut', after: 60 }, 2));
    expect(await push()).toMatchObject({ outcome: 'pushed' });
    expect(proxy.seen.filter((line) => line.startsWith('PATCH'))).not.toEqual([]);
    const chart = await chartToPush(package_);
    expect((await (await open(server.host)).chart(package_, chart.version))?.tgz).toEqual(chart.tgz);
  });

  it('forgets an upload that broke off gets the blob from its beginning', async () => {
    proxy.set(({ method, path, nth }) => {
      if (method === 'PUT' && nth === 1 && path.includes('/uploads/')) return { kind: 'cut', after: 60 };
      return method === 'GET' && path.includes('/uploads/') ? answer(404) : undefined;
    });
    // Its second upload is cut, too: it has an address of its own.
    expect(await failureOf(push())).toMatchObject({ kind: 'unhealthy' });
    expect(proxy.seen.filter((line) => line.startsWith('POST'))).toHaveLength(4);
    expect(await published()).toBeUndefined();
  });

  it('breaks off every time is said to, keeps no upload, and has nothing published', async () => {
    proxy.set(onUpload({ kind: 'cut', after: 0 }));
    expect(await failureOf(push())).toMatchObject({
      kind: 'unhealthy',
      message: expect.stringMatching(/broke off the connection and did not take package-\d+/),
    });
    expect(await published()).toBeUndefined();
    expect(proxy.seen.filter((line) => line.startsWith('DELETE'))).toHaveLength(1);
  });

  it('breaks off when all but the tag is there publishes nothing, and the next push sends only the tag', async () => {
    proxy.set(({ path, method }) =>
      method === 'PUT' && path.includes('/manifests/') ? { kind: 'cut', after: 10 } : undefined,
    );
    await failureOf(push());
    expect(await published()).toBeUndefined();
    proxy.set(() => undefined);
    expect(await push()).toMatchObject({ outcome: 'pushed' });
    expect(proxy.seen.filter((line) => /^(POST|PUT)/.test(line))).toEqual([
      `PUT /v2/${package_}/manifests/1.2.4-g29aef01`,
    ]);
  });

  it('breaks off its answers is asked again, and its silence has an end', async () => {
    await push();
    const registry = await open(proxy.host, 1000);
    proxy.set(({ nth }) => (nth === 1 ? { kind: 'cut answer' } : undefined));
    expect(await registry.newest(package_)).toMatchObject({ version: '1.2.4-g29aef01' });
    proxy.set(always({ kind: 'silent' }));
    expect(await failureOf(registry.newest(package_))).toMatchObject({
      kind: 'stillStarting',
      message: expect.stringContaining('did not answer in time'),
    });
  });

  it('does not answer is told apart from one that has no such package', async () => {
    const { createServer } = await import('node:net');
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const registry = await open(`127.0.0.1:${port}`);
    expect(await failureOf(registry.versions('a'))).toMatchObject({
      kind: 'prerequisite',
      message: `The registry 127.0.0.1:${port} does not answer`,
    });
    const nowhere = await openRegistry(createTestContext().context, 'registry.invalid:5000', { timeoutMs: 5000 });
    expect(await failureOf(nowhere.versions('a'))).toMatchObject({ kind: 'prerequisite' });
  });

  it('sends other bytes than its digest says is not believed', async () => {
    await push();
    proxy.set(({ path, method }) => {
      const isBlob = method === 'GET' && path.includes('/blobs/');
      return isBlob ? { kind: 'answer', status: 200, body: 'something else' } : undefined;
    });
    expect(await failureOf((await open(proxy.host)).chart(package_, '1.2.4-g29aef01'))).toMatchObject({
      kind: 'unhealthy',
      message: expect.stringContaining('is damaged'),
    });
  });

  it('keeps its catalogue to itself is asked for the packages that are known', async () => {
    await push();
    proxy.set(({ path }) => (path.includes('_catalog') ? answer(403) : undefined));
    const { context } = createTestContext();
    expect(await (await openRegistry(context, proxy.host, { names: [package_, 'b'] })).names()).toEqual(
      ['b', package_].sort(),
    );
    expect(await failureOf((await open(proxy.host)).names())).toMatchObject({
      kind: 'prerequisite',
      message: expect.stringContaining('does not tell which packages it has'),
    });
  });
});
