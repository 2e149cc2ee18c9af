import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome, repository } from '../helpers/dk.ts';

const cwd = join(repository, 'examples/pg-to-s3');

describe('dk dev down', () => {
  let home: Home;

  beforeAll(async () => {
    home = makeHome();
    expect(await home.dk(['dev', 'up', '--cell', 'canary', '--cell', 'other'])).toMatchObject({ code: 0 });
  });
  afterAll(() => home.close());

  /** Whether each server runs: PostgreSQL, then the object store. */
  const running = async () => {
    const { services } = (await home.json(['dev', 'status'])) as { services: { state: string }[] };
    return services.map(({ state }) => state === 'running');
  };
  const detach = async (cell: string) => {
    const { stderr } = await home.dk(['run', '--cell', cell, '--detach', '--set', 'command=[sleep]', '--', '600'], {
      cwd,
    });
    return /logs -f (\S+)/.exec(stderr)?.[1] ?? `no run: ${stderr}`;
  };
  const removeCell = (cell: string) => home.dk(['dev', 'down', '--delete', '--cell', cell, '--yes']);

  it('refuses to stop the servers under a run that is going on, names it, and stops them with --yes', async () => {
    const run = await detach('local');
    const refused = await home.dk(['dev', 'down']);
    expect(refused.code).toBe(6);
    expect(refused.stderr).toBe(
      [
        'error: Environment local is in use',
        `  ${run} is going on, in cell local`,
        `next: dk stop ${run}`,
        'next: dk dev down --yes, to stop the servers all the same',
        '',
      ].join('\n'),
    );
    expect(await running()).toEqual([true, true]);

    const stopped = await home.dk(['dev', 'down', '--yes']);
    expect(stopped).toMatchObject({ code: 0, stderr: expect.stringContaining(`${run} is going on, in cell local\n`) });
    expect(await running()).toEqual([false, false]);
    expect((await home.dk(['ps'])).stdout).toContain(run);
    expect(await home.dk(['stop', run])).toMatchObject({ code: 0 });
    expect(await home.dk(['dev', 'up'])).toMatchObject({ code: 0 });
  });

  it('--delete --cell tells of the runs in that cell, and of no others', async () => {
    const [here, elsewhere] = [await detach('other'), await detach('local')];
    const { code, stderr } = await removeCell('other');
    expect(code).toBe(0);
    expect(stderr).toContain(`${here} is going on, in cell other\n`);
    expect(stderr).not.toContain(elsewhere);
    expect(await running()).toEqual([true, true]);
    for (const run of [here, elsewhere]) expect(await home.dk(['stop', run])).toMatchObject({ code: 0 });
  });

  it('--delete --cell stops the servers again that it had to start, also when it fails midway', async () => {
    expect(await home.dk(['dev', 'down'])).toMatchObject({ code: 0 });
    const settings = join(home.state, 'environments/local/postgres/data/postgresql.conf');
    const good = readFileSync(settings);
    writeFileSync(settings, `${good}\nno_such_setting = 1\n`);
    const failed = await removeCell('canary');
    expect(failed).toMatchObject({ code: 8, stderr: expect.stringContaining('no_such_setting') });
    expect(failed.stderr).toMatch(/\+ Object store changed.*\+ Stop the object store changed/s);
    expect(await running()).toEqual([false, false]);

    writeFileSync(settings, good);
    expect(await removeCell('canary')).toMatchObject({ code: 0 });
    expect(await running()).toEqual([false, false]);
    const { cells } = (await home.json(['dev', 'status'])) as { cells: { name: string }[] };
    expect(cells.map(({ name }) => name)).toEqual(['local']);
  });
});
