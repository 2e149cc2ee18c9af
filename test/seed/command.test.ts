import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DataFlags, dataHead, dataLs } from '../../src/commands/data.ts';
import { type DevSeedFlags, devSeed } from '../../src/commands/dev/seed.ts';
import { type Home, makeHome } from '../helpers/dk.ts';
import { openWorld } from '../launch/place.ts';

const directory = resolve('examples/pg-to-s3');
let home: Home;

beforeAll(async () => {
  home = makeHome();
  const { code, stderr } = await home.dk(['dev', 'up', '--cell', 'canary'], { cwd: directory });
  expect(code, stderr).toBe(0);
});
afterAll(() => home.close());

const open = () => openWorld(directory, { HOME: home.directory });

async function seed(flags: Partial<DevSeedFlags> = {}) {
  const { context, stdout, stderr } = open();
  await devSeed(context, { clean: false, jsonEvents: false, output: 'table', ...flags });
  return { stdout: stdout(), stderr: stderr() };
}

async function look(command: typeof dataLs, flags: Partial<DataFlags>) {
  const { context, stdout } = open();
  await command(context, 'raw-events', { n: '2', output: 'json', ...flags });
  return JSON.parse(stdout());
}

test('the data set is loaded into the cell asked for, and shown from there', async () => {
  const { stdout, stderr } = await seed();
  expect(stdout).toMatch(
    /^DATASET +CELL +STORE +CONTENT +BYTES +RESULT +TIME\nraw-events +local +warehouse +1707 rows +\d+\.\d KiB +loaded +\d+/,
  );
  expect(stderr).toContain('its table does not exist');
  expect((await seed()).stdout).toMatch(/raw-events .* unchanged /);
  await seed({ cell: 'cell:canary', profile: 'midnight' });
  const { rows } = await look(dataHead, { cell: 'canary' });
  expect(rows.map(({ event_id }: { event_id: string }) => event_id)).toEqual(['night-1', 'night-2']);
  expect(await look(dataLs, {})).toMatchObject({ cell: null, type: 'table', rows: 1707 });
  expect(await look(dataLs, { cell: 'local' })).toMatchObject({ cell: 'local', rows: 1707 });
});

test('as JSON the result has a stable shape, and progress is events', async () => {
  const { stdout, stderr } = await seed({ clean: true, jsonEvents: true, output: 'json' });
  expect(JSON.parse(stdout)).toEqual({
    apiVersion: 'datakit.infoblox.dev/cli/v1',
    kind: 'SeedList',
    seeds: [
      {
        dataset: 'raw-events',
        cell: 'local',
        store: 'warehouse',
        rows: 1707,
        objects: null,
        bytes: expect.any(Number),
        result: 'loaded',
        milliseconds: expect.any(Number),
      },
    ],
  });
  const types = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  expect(types.at(-1)).toBe('graph-finished');
});

test('an environment that is not there is a prerequisite', async () => {
  await expect(seed({ env: 'nowhere' })).rejects.toMatchObject({ kind: 'prerequisite' });
});
