import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../helpers/dk.ts';

describe('an environment whose state was lost while it was up', () => {
  let home: Home;
  let record: string;
  let pids: readonly number[];

  beforeEach(async () => {
    home = makeHome();
    record = join(home.state, 'environments/local/environment.json');
    expect(await home.dk(['dev', 'up'])).toMatchObject({ code: 0 });
    const { services } = (await home.json(['dev', 'status'])) as { services: { pid: number }[] };
    pids = services.map(({ pid }) => pid);
  });
  afterEach(() => home.close());

  it.each(['missing', 'damaged'])('is removed with its servers when its record is %s', async (how) => {
    if (how === 'missing') rmSync(record);
    else writeFileSync(record, '{"id":');
    const down = await home.dk(['dev', 'down', '--delete', '--yes']);
    expect(down).toMatchObject({ code: 0 });
    expect(pids.filter(lives)).toEqual([]);
    expect(existsSync(home.state)).toBe(false);
  });

  it.skipIf(!existsSync('/proc/sysvipc/shm'))(
    'leaves no shared memory when PostgreSQL was killed (Linux only)',
    async () => {
      const [postgres = 0] = pids;
      const data = readlinkSync(`/proc/${postgres}/cwd`);
      const [, , , , , , memory = ''] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
      const [key = '', id = ''] = memory.trim().split(/\s+/);
      const segment = new RegExp(`^\\s*${key}\\s+${id}\\s`, 'm');
      const inFiles = () => readdirSync('/dev/shm').filter((name) => name.startsWith('PostgreSQL.'));
      const others = inFiles();
      expect(readFileSync('/proc/sysvipc/shm', 'utf8')).toMatch(segment);
      process.kill(postgres, 'SIGKILL');
      expect(await home.dk(['dev', 'down', '--delete', '--yes'])).toMatchObject({ code: 0 });
      expect(readFileSync('/proc/sysvipc/shm', 'utf8')).not.toMatch(segment);
      expect(inFiles().filter((name) => !others.includes(name))).toEqual([]);
    },
  );

  it('is stopped when its record is missing, and keeps its data', async () => {
    rmSync(record);
    expect(await home.dk(['dev', 'down'])).toMatchObject({ code: 0 });
    expect(pids.filter(lives)).toEqual([]);
    expect(existsSync(join(home.state, 'environments/local/postgres/cluster.json'))).toBe(true);
  });

  it('leaves no server behind when the whole folder is deleted', async () => {
    rmSync(home.state, { recursive: true });
    // The object store looks every two seconds, Postgres every minute; it is ended here, so that nobody waits for it.
    const [postgres = 0, objectStore = 0] = pids;
    process.kill(postgres, 'SIGINT');
    await until(() => !lives(objectStore), 'the object store goes on without its folder');
  });
});

/** What has ended and waits for a parent that does not ask is not alive. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(existsSync('/proc/self/stat') ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '');
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, otherwise: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; !condition(); await pause(50)) {
    if (Date.now() > deadline) throw new Error(otherwise);
  }
}
