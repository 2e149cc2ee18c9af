import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runApp } from '../../src/app.ts';
import { startObjectStore } from '../../src/object-store/server.ts';
import { commandContext } from './command-context.ts';

const pair = { AWS_ACCESS_KEY_ID: 'admin', AWS_SECRET_ACCESS_KEY: 'nobody-knows' };

describe('an object store that cannot serve', () => {
  let home: string;
  let other: Server;
  let port: number;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'dk-serve-'));
    other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    port = (other.address() as AddressInfo).port;
  });
  afterEach(async () => {
    await new Promise((closed) => other.close(closed));
    rmSync(home, { recursive: true });
  });

  const dk = async (line: string) => {
    const { context, texts } = commandContext({ home });
    const code = await runApp({ ...context, env: pair }, line.split(' '));
    return { code, ...texts };
  };

  test('for its port is a conflict that keeps the word of the system', async () => {
    const data = join(home, 'data');
    const { code, stderr } = await dk(`object-store --data ${data} --port ${port}`);
    expect(code).toBe(6);
    expect(stderr).toContain(`error: The object store cannot listen on 127.0.0.1:${port}\n`);
    expect(stderr).toContain('EADDRINUSE');
    expect(stderr).toContain(`next: dk object-store --data ${data} --port 0\n`);
    expect(stderr).not.toContain('    at ');
  });

  test('for a folder that another one serves is a conflict', async () => {
    const rootKey = { accessKeyId: 'a', secretAccessKey: 'b' };
    const running = await startObjectStore({ dataDirectory: join(home, 'data'), port: 0, rootKey });
    const { code, stderr } = await dk(`object-store --data ${join(home, 'data')} --port 0`);
    await running.close();
    expect([code, stderr]).toEqual([6, expect.stringContaining('another server is using')]);
  });

  test('for a file where the folder would be is a prerequisite, for an impossible port a mistake', async () => {
    writeFileSync(join(home, 'file'), '');
    expect(await dk(`object-store --data ${join(home, 'file')}`)).toMatchObject({ code: 3 });
    const { code, stderr } = await dk(`object-store --data ${join(home, 'data')} --port 70000`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('error: 70000 is no port\n')]);
  });
});
