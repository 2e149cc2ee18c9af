import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { choosePorts, keepOrReplace } from '../../src/environment/ports.ts';
import { environmentDirectory, newRecord, writeRecord } from '../../src/environment/state.ts';
import { openTemporaryState, type TemporaryState } from './temporary-state.ts';

let state: TemporaryState;
const servers: Server[] = [];
beforeEach(async () => {
  state = await openTemporaryState();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  await state.close();
});

/** Listens, on a port that the system chooses unless one is given; gives the port. */
async function listen(port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A port that nobody uses now. */
async function unusedPort(): Promise<number> {
  const port = await listen();
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return port;
}

const recordOf = (name: string, ports: { postgres: number; s3: number }) =>
  newRecord(name, 'embedded', ports, new Date(0));
const neither = { postgres: false, s3: false };

describe('choosePorts', () => {
  test('begins at 25432 and 29000, and stays below the NodePorts and the ephemeral range', async () => {
    const { postgres, s3 } = await choosePorts(state.context, 'embedded');
    expect(postgres).toBeGreaterThanOrEqual(25_432);
    expect(s3).toBeGreaterThanOrEqual(29_000);
    expect(Math.max(postgres, s3)).toBeLessThan(30_000);
  });

  test('gives no port on which somebody listens', async () => {
    const first = await choosePorts(state.context, 'embedded');
    await listen(first.postgres);
    const second = await choosePorts(state.context, 'embedded');
    expect(second.postgres).toBeGreaterThan(first.postgres);
  });

  test('gives no port of another environment, though that one is down', async () => {
    const first = await choosePorts(state.context, 'embedded');
    await writeRecord(state.context, recordOf('other', first));
    const second = await choosePorts(state.context, 'embedded');
    expect(second.postgres).toBeGreaterThan(first.postgres);
    expect(second.s3).toBeGreaterThan(first.s3);
  });

  test('does not care about the broken record of another environment', async () => {
    const directory = environmentDirectory(state.context, 'broken');
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'environment.json'), '{');
    expect(await choosePorts(state.context, 'embedded')).toMatchObject({ postgres: expect.any(Number) });
  });
});

describe('keepOrReplace', () => {
  const replace = async (ports: { postgres: number; s3: number }, ours = neither) => {
    const told: string[] = [];
    const record = recordOf('local', ports);
    await writeRecord(state.context, record);
    const kept = await keepOrReplace(state.context, record, ours, (line) => told.push(line));
    return { record, kept, told };
  };

  test('keeps ports that are free, and says nothing', async () => {
    const { record, kept, told } = await replace({ postgres: await unusedPort(), s3: await unusedPort() });
    expect(kept).toEqual(record);
    expect(told).toEqual([]);
  });

  test('keeps ports on which our own servers listen', async () => {
    const ports = { postgres: await listen(), s3: await listen() };
    const { record, kept, told } = await replace(ports, { postgres: true, s3: true });
    expect(kept).toEqual(record);
    expect(told).toEqual([]);
  });

  test('replaces the one that somebody else took, says who, and keeps all else', async () => {
    const ports = { postgres: await listen(), s3: await unusedPort() };
    const { record, kept, told } = await replace(ports);
    expect(kept).toEqual({ ...record, ports: { s3: ports.s3, postgres: expect.any(Number) } });
    expect(kept.ports.postgres).not.toBe(ports.postgres);
    const holder = process.platform === 'linux' ? `\\S+ \\(pid ${pid}\\)` : '.+';
    expect(told.join('\n')).toMatch(
      new RegExp(`^port ${ports.postgres} \\(postgres\\) is taken by ${holder}: using ${kept.ports.postgres} instead$`),
    );
  });
});
