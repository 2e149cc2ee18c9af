import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces, platform } from 'node:os';
import { pid } from 'node:process';
import { afterEach, expect, test } from 'vitest';
import { run } from '../../src/tools/exec.ts';
import { findFreePort, isFree, portHolder } from '../../src/tools/ports.ts';
import { eventually } from './eventually.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(host: string): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  server.listen({ host, port: 0, ipv6Only: host === '::' });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6'));

for (const host of ['127.0.0.1', '0.0.0.0', '::1', '::']) {
  test.skipIf(host.includes(':') && !hasIpv6)(`a port with a listener on ${host} is not free`, async () => {
    const port = await listen(host);
    expect(await isFree(port)).toBe(false);
  });
}

test('a port is free again once its listener is closed', async () => {
  const port = await listen('127.0.0.1');
  const server = servers.pop();
  server?.close();
  await eventually(() => isFree(port)).toBe(true);
});

test('a free port is chosen upwards, without taken and excluded ones', async () => {
  const taken = await listen('127.0.0.1');
  const next = await findFreePort(taken);
  expect(next).toBeGreaterThan(taken);
  expect(await findFreePort(taken, new Set([next]))).toBeGreaterThan(next);
});

test('no free port is a conflict', async () => {
  const none = new Set(Array.from({ length: 36 }, (_, i) => 65_500 + i));
  await expect(findFreePort(65_500, none)).rejects.toMatchObject({ kind: 'conflict' });
});

const lsof = await run('lsof', ['-v'], { env: { PATH: '/usr/sbin:/usr/bin:/bin' } }).catch(() => undefined);

test.skipIf(platform() !== 'linux' && lsof === undefined)(
  'the holder of a port is named by pid and program',
  async () => {
    const port = await listen('127.0.0.1');
    const holder = await portHolder(port);
    expect(holder).toMatchObject({ pid });
    expect(holder?.program).toMatch(/node/i);
    servers.pop()?.close();
    await eventually(() => portHolder(port)).toBeUndefined();
  },
);
