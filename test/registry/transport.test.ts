import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/failure.ts';
import { openRegistry } from '../../src/registry/open-registry.ts';
import { createTestContext } from '../helpers/context.ts';
import { chartToPush } from './charts.ts';
import { registryProgram, startRegistry } from './registry-server.ts';

const subject = ['-subj', '/CN=registry.example', '-addext', 'subjectAltName=DNS:registry.example,IP:127.0.0.1'];
const missing = whyNot();

describe.skipIf(missing)(`the way to a registry${missing ? ` (${missing})` : ''}`, () => {
  let folder: string;
  let secure: Awaited<ReturnType<typeof startRegistry>>;
  let plain: Awaited<ReturnType<typeof startRegistry>>;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  const open = (address: string, env: Record<string, string>, plainHttp = false) =>
    openRegistry(createTestContext({ env }).context, address, { plainHttp, timeoutMs: 10_000 });
  const failureOf = async (work: Promise<unknown>) => (await work.then(undefined, (error) => error)) as Failure;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dk-certificates-'));
    const tls = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const keys = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', tls.key];
    execFileSync('openssl', ['req', '-x509', ...keys, '-out', tls.certificate, '-days', '2', ...subject], {
      stdio: 'pipe',
    });
    [secure, plain] = await Promise.all([startRegistry({ tls }), startRegistry()]);
    proxy = await startProxy({ secure: secure.port, plain: plain.port });
  });
  afterAll(async () => {
    await proxy?.close();
    await Promise.all([secure?.close(), plain?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('trusts the authorities of DK_CA_BUNDLE, and says what to do where they are not named', async () => {
    const env = { DK_CA_BUNDLE: join(folder, 'cert.pem') };
    const trusting = await open(`https://${secure.host}`, env);
    expect(await trusting.push(await chartToPush('trusted'))).toMatchObject({ outcome: 'pushed' });
    expect(await failureOf((await open(`https://${secure.host}`, {})).names())).toMatchObject({
      kind: 'prerequisite',
      message: `The registry ${secure.host} does not answer`,
      next: expect.arrayContaining(['export DK_CA_BUNDLE=/path/to/ca.pem']),
    });
    expect(await failureOf(open(secure.host, { DK_CA_BUNDLE: join(folder, 'nothing.pem') }))).toMatchObject({
      kind: 'prerequisite',
      message: 'The certificates that DK_CA_BUNDLE names cannot be read',
    });
  });

  it('leads through the proxy of the environment, but for hosts that NO_PROXY names', async () => {
    const env = { HTTPS_PROXY: proxy.url, DK_CA_BUNDLE: join(folder, 'cert.pem') };
    const registry = await open('registry.example/team', env);
    expect(await registry.push(await chartToPush('proxied'))).toMatchObject({ outcome: 'pushed' });
    expect(proxy.seen).toContain('CONNECT registry.example:443');
    const around = await open('registry.example/team', { ...env, NO_PROXY: 'localhost,.example' });
    proxy.seen.length = 0;
    expect(await failureOf(around.names())).toMatchObject({ kind: 'prerequisite' });
    expect(proxy.seen).toEqual([]);
  });

  it('is plain HTTP to another machine only when it is asked for, through a proxy too', async () => {
    const registry = await open('registry.example:5000', { HTTP_PROXY: proxy.url }, true);
    expect(await registry.push(await chartToPush('in-the-open'))).toMatchObject({ outcome: 'pushed' });
    expect(proxy.seen).toContain('GET http://registry.example:5000/v2/in-the-open/manifests/1.2.4-g29aef01');
    expect(await failureOf(open('http://registry.example:5000', {}))).toMatchObject({ kind: 'usage' });
  });

  it('is said to be closed where the proxy refuses', async () => {
    const env = { HTTPS_PROXY: proxy.url, DK_CA_BUNDLE: join(folder, 'cert.pem') };
    expect(await failureOf((await open('forbidden.example', env)).names())).toMatchObject({
      kind: 'prerequisite',
      message: 'The registry forbidden.example does not answer',
      why: [expect.stringMatching(/Proxy response \(403\)/)],
    });
    const nobody = await open('registry.example', { HTTPS_PROXY: 'http://127.0.0.1:1' });
    expect(await failureOf(nobody.names())).toMatchObject({ kind: 'prerequisite' });
  });

  it('leads to this machine without a proxy', async () => {
    const registry = await open(plain.host, { HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' });
    expect(await registry.push(await chartToPush('near'))).toMatchObject({ outcome: 'pushed' });
  });

  it('is said to be plain HTTP where TLS was expected', async () => {
    expect(await failureOf((await open(`https://${plain.host}`, {})).names())).toMatchObject({
      kind: 'prerequisite',
      why: expect.arrayContaining(['It speaks plain HTTP there']),
    });
  });
});

/** Leads whatever is asked for to the two servers: tunnels to the secure one, requests to the plain one. */
async function startProxy(ports: { secure: number; plain: number }) {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push(`${method} ${url}`);
    const { pathname, search } = new URL(url);
    const target = { host: '127.0.0.1', port: ports.plain, method, path: pathname + search, headers };
    const onward = httpRequest(target, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connect', (request, socket: Socket) => {
    seen.push(`CONNECT ${request.url}`);
    if (request.url?.startsWith('forbidden.')) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const onward = connect(ports.secure, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) sockets.add(end.on('error', () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve).closeAllConnections());
    },
  };
}

function whyNot(): string | undefined {
  if (!registryProgram) return 'there is no registry on PATH';
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'there is no openssl on PATH';
  }
}
