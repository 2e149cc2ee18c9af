import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { newPostgres, newProgress } from './temporary.ts';

const wall = [
  'The files belonging to this database system will be owned by user "nobody".',
  ...Array.from({ length: 30 }, (_, index) => `creating subdirectory ${index} ... ok`),
];

test.each([
  [
    'the server that it starts',
    'running bootstrap script ... 2026-01-02 03:04:05.678 UTC [99] FATAL:  could not write file "base/1": No space left on device',
    'could not write file "base/1": No space left on device',
  ],
  [
    'itself',
    'initdb: error: could not create directory "data": Permission denied',
    'could not create directory "data": Permission denied',
  ],
  [
    'the system',
    'initdb: error while loading shared libraries: libicu.so.60: cannot open shared object file',
    'initdb: error while loading shared libraries: libicu.so.60: cannot open shared object file',
  ],
])('when initdb fails, what %s complains of is the one line why, and the rest is in the log', async (_, line, why) => {
  const complaint = [line, 'child process exited with exit code 1', 'initdb: removing contents of data directory "d"'];
  const { options, postgres } = await newPostgres({ env: await withInitdb(complaint) });
  const failed = postgres.initialise(newProgress());
  await expect(failed).rejects.toMatchObject({
    kind: 'unhealthy',
    message: 'initdb could not make the data folder of PostgreSQL',
    why: [why],
    next: [`cat ${postgres.logFile}`, expect.stringContaining('the same command')],
  });
  const log = await readFile(postgres.logFile, 'utf8');
  expect(log).toMatch(/^\S+.*initdb .*--username=postgres/);
  for (const said of [...wall, ...complaint]) expect(log).toContain(`${said}\n`);
  expect((await stat(postgres.logFile)).mode & 0o777).toBe(0o600);
  expect(postgres.logFile).toBe(join(options.directory, 'postgres.log'));
});

test('when initdb fails without a word, its exit code is told', async () => {
  const { postgres } = await newPostgres({ env: await withInitdb([], []) });
  await expect(postgres.initialise(newProgress())).rejects.toMatchObject({
    why: ['The command failed with exit code 1'],
  });
});

/** The environment with PostgreSQL programs that are there and whose initdb says this, and fails. */
async function withInitdb(complaint: readonly string[], told: readonly string[] = wall) {
  const bin = await mkdtemp(join(tmpdir(), 'dk-initdb-'));
  onTestFinished(() => rm(bin, { recursive: true }));
  await chmod(bin, 0o755);
  await writeFile(join(bin, 'told'), told.map((line) => `${line}\n`).join(''));
  await writeFile(join(bin, 'complaint'), complaint.map((line) => `${line}\n`).join(''));
  const version = '[ "$1" = --version ] && echo "postgres (PostgreSQL) 17.99" && exit';
  const fails = `cat ${bin}/told; cat ${bin}/complaint >&2; exit 1`;
  for (const program of ['initdb', 'postgres']) {
    await writeFile(join(bin, program), `#!/bin/sh\n${version}\n${fails}\n`, { mode: 0o755 });
  }
  return { ...env, DK_POSTGRES_BIN: bin };
}
