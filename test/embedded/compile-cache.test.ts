import { chownSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Home, makeHome } from '../helpers/dk.ts';

const nodeKeepsIt = !process.version.startsWith('v20.');

describe('what was compiled', () => {
  let home: Home;
  let folder: string;
  beforeEach(() => {
    home = makeHome();
    folder = join(home.directory, '.cache/dk/compiled');
  });
  afterEach(() => home.close());

  const version = (env?: Record<string, string>) => home.dk(['version'], env && { env });
  const files = () => readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const ownFile = () => join(folder, `${process.version}-${process.arch}`, 'version');

  test('is kept for the next start, for nobody else to read', async () => {
    const first = await version();
    const kept = files();
    expect(kept.length).toBeGreaterThan(1);
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(await version()).toEqual(first);
    expect(files()).toEqual(kept);
  });

  test('lies where XDG_CACHE_HOME says', async () => {
    await version({ XDG_CACHE_HOME: join(home.directory, 'elsewhere') });
    expect(existsSync(join(home.directory, 'elsewhere/dk/compiled'))).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  test('is done without where it cannot be kept', async () => {
    writeFileSync(join(home.directory, 'file'), '');
    expect(await version({ XDG_CACHE_HOME: join(home.directory, 'file') })).toMatchObject({ code: 0, stderr: '' });
  });

  test('is done without where the home takes no new folder, and says so by ENOENT', async ({ skip }) => {
    skip(!existsSync('/proc/sys'), 'there is no /proc here');
    expect(await version({ HOME: '/proc/sys' })).toMatchObject({ code: 0, stderr: '' });
  });

  test('is made again when it is torn', async ({ skip }) => {
    skip(nodeKeepsIt, 'this Node keeps it by itself');
    const first = await version();
    const whole = readFileSync(ownFile());
    const torn = Buffer.from(whole);
    torn.fill(0x41, Math.floor(torn.length / 2));
    for (const bytes of [torn, whole.subarray(0, 1000), Buffer.alloc(0), Buffer.from('12\n[')]) {
      writeFileSync(ownFile(), bytes);
      expect(await version()).toEqual(first);
      expect(readFileSync(ownFile()).length).toBeGreaterThan(whole.length * 0.9);
    }
  });

  test('is not believed when another user wrote it', async ({ skip }) => {
    skip(nodeKeepsIt, 'this Node keeps it by itself');
    skip(process.getuid?.() !== 0, 'only root can give a file away');
    await version();
    chownSync(ownFile(), 12_345, 12_345);
    expect(await version()).toMatchObject({ code: 0 });
    expect(statSync(ownFile()).uid).toBe(0);
  });

  test('is not kept of a command that there is not', async ({ skip }) => {
    skip(nodeKeepsIt, 'this Node keeps it by itself');
    await home.dk(['versoin']);
    expect(files()).toEqual([]);
  });
});
