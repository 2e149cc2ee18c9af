import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, getuid, umask } from 'node:process';
import { test as base, expect, onTestFinished } from 'vitest';
import { openDatabases } from '../../../../src/environment/cell-steps/roles.ts';
import { findBinaries } from '../../../../src/environment/embedded/postgres/binaries.ts';
import { commonBase } from '../../../../src/environment/embedded/postgres/paths.ts';
import { openPostgres, type Postgres } from '../../../../src/environment/embedded/postgres/postgres.ts';
import { findRoad } from '../../../../src/environment/embedded/postgres/road.ts';
import { run } from '../../../../src/tools/exec.ts';
import { isRoot, newPostgres, newProgress } from './temporary.ts';

const uid = getuid?.();
const namespaces = await run('unshare', ['--user', '--map-user=65534', 'true'], { env }).then(
  () => true,
  () => false,
);

/** A `test` that is skipped, saying why, unless the condition holds. */
function skipUnless(condition: boolean, why: string) {
  return base.extend<{ checked: undefined }>({
    checked: [
      async ({ skip }, use) => {
        skip(!condition, why);
        await use(undefined);
      },
      { auto: true },
    ],
  });
}

const asRoot = skipUnless(isRoot, 'only root can become another user');
const asOrdinaryUser = skipUnless(!isRoot, 'PostgreSQL refuses to run as root');
const inNamespace = skipUnless(namespaces, 'user namespaces are not allowed here');

asOrdinaryUser('an ordinary user runs PostgreSQL directly', async () => {
  const { postgres, options } = await newPostgres();
  await proveItWorks(postgres);
  expect((await stat(join(options.directory, 'data'))).uid).toBe(uid);
});

asRoot('what PostgreSQL says of root is shown when it is run directly', async () => {
  const { postgres } = await newPostgres({ road: 'direct' });
  await expect(postgres.initialise(newProgress())).rejects.toMatchObject({
    why: expect.arrayContaining([expect.stringContaining('cannot be run as root')]),
  });
  expect(await postgres.isInitialised()).toBe(false);
});

inNamespace('in a user namespace the data stays ours, under a folder that only we can enter', async () => {
  const { postgres, options } = await newPostgres({ road: 'user-namespace' });
  await proveItWorks(postgres);
  expect((await stat(join(options.directory, 'data'))).uid).toBe(uid);
});

asRoot('as another user the data is outside of our folders and belongs to that user, whatever our umask', async () => {
  const usual = umask(0o077);
  onTestFinished(() => void umask(usual));
  const { postgres, options } = await newPostgres({ road: 'other-user' });
  const common = join(commonBase, options.environmentId);
  await proveItWorks(postgres);
  expect((await stat(join(common, 'data'))).uid).not.toBe(0);
  expect((await stat(join(common, 'data'))).mode & 0o777).toBe(0o700);
  expect((await stat(common)).mode & 0o777).toBe(0o711);
  const state = await postgres.state();
  expect((await stat(`/proc/${state.running ? state.pid : 0}`)).uid).not.toBe(0);
  // The next command finds the road again, although it would choose another one by itself.
  await postgres.stop();
  const { road: _, ...unforced } = options;
  await openPostgres(unforced).start(newProgress());
  expect(await postgres.state()).toMatchObject({ running: true });
  await postgres.destroy();
  await expect(stat(common)).rejects.toMatchObject({ code: 'ENOENT' });
});

asRoot('programs that another user cannot reach are copied to where that user can', async () => {
  const home = await temporaryFolder(); // 0700
  const commonFolder = join(await temporaryFolder(), 'common');
  await run('cp', ['-RP', await installedPackage(), join(home, 'package')], { env });
  const hidden = { bin: join(home, 'package/native/bin'), package: join(home, 'package'), version: '17' };
  const wanted = { env, uid: 0, commonFolder, only: 'other-user' as const };
  // The common folder itself lies in a folder of 0700 here, and so the copy is of no use yet.
  await expect(findRoad(hidden, wanted)).rejects.toMatchObject({ kind: 'prerequisite' });
  await run('chmod', ['711', join(commonFolder, '..')], { env });
  const road = await findRoad(hidden, wanted);
  expect(road.bin).toMatch(join(commonFolder, 'programs'));
});

base('where no road works, every one that was tried is named with its reason', async () => {
  const nowhere = { bin: '/nonexistent', version: '17' };
  const wanted = { env: { PATH: '/nonexistent' }, uid: 0, commonFolder: join(tmpdir(), 'dk-never-made') };
  await expect(findRoad(nowhere, wanted)).rejects.toMatchObject({
    kind: 'prerequisite',
    why: expect.arrayContaining([expect.stringMatching(/^other-user: /)]),
  });
});

async function proveItWorks(postgres: Postgres): Promise<void> {
  await postgres.initialise(newProgress());
  await postgres.start(newProgress());
  expect(await postgres.state()).toMatchObject({ running: true });
  const databases = openDatabases(postgres.superuser);
  await databases.makeCell('local', 'a-password');
  expect(await databases.cellIsReady('local', 'a-password')).toBe(true);
}

async function installedPackage(): Promise<string> {
  const folder = (await findBinaries(env, '/nonexistent')).package;
  if (folder === undefined) throw new Error('the npm package of PostgreSQL is not installed');
  return folder;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dk-road-'));
  await mkdir(folder, { recursive: true });
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
