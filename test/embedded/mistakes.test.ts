import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome, repository } from '../helpers/dk.ts';
import { query, variablesOf } from '../helpers/outside.ts';

const original = join(repository, 'examples/pg-to-s3');

describe('what a user does wrong', () => {
  let home: Home;
  let packageFolder: string;

  beforeAll(async () => {
    home = makeHome();
    packageFolder = join(home.directory, 'pg-to-s3');
    cpSync(original, packageFolder, { recursive: true });
    // What it declares would be installed here, outside of the clone, before it runs.
    rmSync(join(packageFolder, 'package.json'));
    await home.dk(['dev', 'up']);
  });
  afterAll(() => home.close());

  it('a Store that the cell does not have: named, with those that it has', async () => {
    rmSync(join(home.state, 'environments/local/cells/local/stores/warehouse.yaml'));
    const ran = await home.dk(['run', '--cell', 'local'], { cwd: packageFolder });
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('Cell local has no Store warehouse');
    expect(ran.stderr).toContain('It has lake-raw');
    await home.dk(['dev', 'up']);
  });

  it('a key that nobody can resolve: Store, key, places and the command that sets it', async () => {
    expect(await home.dk(['cell', 'secret', 'unset', 'warehouse', 'PG_PASS'])).toMatchObject({ code: 0 });
    const ran = await home.dk(['run', '--cell', 'local'], { cwd: packageFolder });
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('${PG_PASS} (Store warehouse of cell local, secrets.password)');
    expect(ran.stderr).toContain('Secret cell-secrets of cell local');
    expect(ran.stderr).toContain('dk cell secret set warehouse PG_PASS --cell local');
    await home.dk(['dev', 'up']);
  });

  it('a database that refuses the login: store check says at which stage', async () => {
    const { DK_STORE_DSN_WAREHOUSE: dsn = '' } = await variablesOf(home, 'local', packageFolder);
    await query(dsn, "ALTER ROLE dp_local PASSWORD 'another-one'");
    const ran = await home.dk(['store', 'check', 'warehouse']);
    expect(ran.code).toBe(8);
    expect(ran.stdout + ran.stderr).toMatch(/login/);
    const started = await home.dk(['run', '--cell', 'local'], { cwd: packageFolder });
    expect(started.code).toBe(8);
    expect(started.stderr).toMatch(/nothing was started\n {2}Store warehouse of cell local \(login\)/);
    expect((await home.dk(['ps', '--all'])).stdout).not.toContain('pg-to-s3');
    await home.dk(['dev', 'up']);
    expect(await home.dk(['store', 'check', 'warehouse'])).toMatchObject({ code: 0 });
  });

  it('five mistakes in three files: each at its place, and nothing is started', async () => {
    const broken = join(home.directory, 'broken');
    cpSync(join(repository, 'test/fixtures/packages/five-mistakes'), broken, { recursive: true });
    const lint = await home.dk(['lint', broken]);
    expect(lint.code).toBe(10);
    const places = lint.stdout.split('\n').filter((line) => /^\S+\.yaml:\d+:\d+/.test(line.trim()));
    expect(places.length).toBeGreaterThanOrEqual(5);
    const run = await home.dk(['run', broken]);
    expect(run.code).toBe(10);
    expect(run.stderr).toContain('The package has 5 errors');
    expect((await home.dk(['ps', '--all'])).stdout).not.toContain('broken');
  });

  it('a cell that does not exist: the near miss', async () => {
    const ran = await home.dk(['run', '--cell', 'locla'], { cwd: packageFolder });
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('Did you mean local?');
  });

  it('an unknown cell on the way down: nothing is removed, and nothing said to be', async () => {
    const ran = await home.dk(['dev', 'down', '--delete', '--cell', 'locale', '--yes']);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('There is no cell locale in environment local');
  });

  it('arguments behind two dashes are the package’s, with or without a folder before them', async () => {
    const show = ['--set', 'command=[echo]', '--cell', 'local'];
    const here = await home.dk(['run', ...show, '--', 'a', '--b'], { cwd: packageFolder });
    const there = await home.dk(['run', packageFolder, ...show, '--', 'a', '--b']);
    expect([here.stdout, there.stdout]).toEqual(['a --b\n', 'a --b\n']);
  });

  it('an impossible cell or an unknown environment: refused before anything is made', async () => {
    expect((await home.dk(['dev', 'up', '--env', 'other', '--cell', 'infra'])).code).toBe(2);
    expect((await home.dk(['dev', 'status', '--env', 'other'])).code).toBe(3);
    const ran = await home.dk(['run', '--context', 'prod'], { cwd: packageFolder });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('There is no environment and no context prod');
  });

  it('an environment that is down: exit 3 and the command that starts it', async () => {
    await home.dk(['dev', 'down']);
    const withCell = await home.dk(['run', '--cell', 'local'], { cwd: packageFolder });
    const without = await home.dk(['run'], { cwd: packageFolder });
    for (const { code, stderr } of [withCell, without]) {
      expect(code).toBe(3);
      expect(stderr).toContain('dk dev up');
    }
    writeFileSync(join(packageFolder, '.env'), '');
  });
});
