import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3mini } from 's3mini';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collect, type Home, makeHome, type Ran } from '../helpers/dk.ts';

describe('the object store by itself', () => {
  const secret = 'nobody-knows-this-secret';
  const credentials = { AWS_ACCESS_KEY_ID: 'admin', AWS_SECRET_ACCESS_KEY: secret };
  let home: Home;
  let running: { readonly child: ChildProcess; readonly ended: Promise<Ran> }[];
  beforeEach(() => {
    home = makeHome();
    running = [];
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
    await home.close();
  });

  const bucketAt = (endpoint: string) =>
    new S3mini({
      accessKeyId: 'admin',
      secretAccessKey: secret,
      endpoint: `${endpoint}/lake`,
      region: 'us-east-1',
    });

  /** Started without any environment; `ready` is its first line. */
  const serve = async () => {
    const child = home.start(['object-store', '--data', 'lake', '--port', '0'], { env: credentials });
    const ended = collect(child);
    running.push({ child, ended });
    const ready = await Promise.race([firstLine(child), ended.then(({ stderr }) => `it ended: ${stderr}`)]);
    return { child, ended, ready, endpoint: /http:\S+/.exec(ready)?.[0] ?? ready };
  };

  test('prints one line when it is ready, serves its key pair, and stops cleanly on SIGTERM', async () => {
    const { child, ended, ready, endpoint } = await serve();
    expect(ready).toMatch(/^object store ready on http:\/\/127\.0\.0\.1:\d+$/);
    const s3 = bucketAt(endpoint);
    await s3.createBucket();
    await s3.putObject('k', 'content');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect([code, stdout, stderr]).toEqual([0, `${ready}\n`, '']);
    const again = await serve();
    const reopened = bucketAt(again.endpoint);
    expect(await reopened.getObject('k')).toBe('content');
  });

  test('is not started twice over one folder', async () => {
    const first = await serve();
    const { code, stderr } = await home.dk(['object-store', '--data', 'lake', '--port', '0'], { env: credentials });
    expect([code, stderr]).toEqual([6, expect.stringContaining('another server is using')]);
    expect((await fetch(`${first.endpoint}/minio/health/live`)).status).toBe(200);
  });

  test.each([
    {},
    { AWS_ACCESS_KEY_ID: 'admin' },
    { AWS_SECRET_ACCESS_KEY: secret },
    { ...credentials, AWS_ACCESS_KEY_ID: '' },
  ])('is refused without a key pair (%j), with a command that gives it one', async (env) => {
    const { code, stdout, stderr } = await home.dk(['object-store', '--data', 'lake', '--port', '0'], { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('error: The object store needs a key pair\n');
    expect(stderr).toMatch(/next: AWS_ACCESS_KEY_ID=admin AWS_SECRET_ACCESS_KEY=.* object-store --data lake/);
    expect(existsSync(join(home.directory, 'lake'))).toBe(false);
  });

  test('tells of a fault inside on stderr, without its secret', async () => {
    const { child, ended, endpoint } = await serve();
    const s3 = bucketAt(endpoint);
    await s3.createBucket();
    await s3.putObject('k', 'content');
    const records = join(home.directory, 'lake/buckets/lake/records');
    for (const name of readdirSync(records)) writeFileSync(join(records, name), 'damaged');
    const { status } = await s3.getObjectResponse('k').then(
      (response) => response ?? { status: undefined },
      (error: { status?: number }) => error,
    );
    child.kill('SIGTERM');
    const { stderr } = await ended;
    expect(stderr).toContain('fault in GET /lake/k');
    expect([status, stderr.includes(secret)]).toEqual([500, false]);
  });
});

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('its stdout is not piped');
  let text = '';
  for (;;) {
    const [chunk] = (await once(child.stdout, 'data')) as [string];
    text += chunk;
    const end = text.indexOf('\n');
    if (end >= 0) return text.slice(0, end);
  }
}
