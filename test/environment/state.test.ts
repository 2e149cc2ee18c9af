import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  environmentDirectory,
  listEnvironments,
  newRecord,
  readRecord,
  removeEmptyState,
  removeState,
  stateDirectory,
  writeRecord,
} from '../../src/environment/state.ts';
import { openTemporaryState, type TemporaryState } from './temporary-state.ts';

let state: TemporaryState;
beforeEach(async () => {
  state = await openTemporaryState();
});
afterEach(() => state.close());

const record = (name: string) => newRecord(name, 'embedded', { postgres: 25_432, s3: 29_000 }, new Date(0));

describe('the state directory', () => {
  test.each([
    [{ XDG_STATE_HOME: '/x/state' }, '/x/state/dk'],
    [{ XDG_STATE_HOME: '/x/state', HOME: '/home/ann' }, '/x/state/dk'],
    [{ HOME: '/home/ann' }, '/home/ann/.local/state/dk'],
    [{ XDG_STATE_HOME: '', HOME: '/home/ann' }, '/home/ann/.local/state/dk'],
    [{ XDG_STATE_HOME: 'relative', HOME: '/home/ann' }, '/home/ann/.local/state/dk'],
    [{}, join(userInfo().homedir, '.local/state/dk')],
    [{ HOME: '' }, join(userInfo().homedir, '.local/state/dk')],
  ])('follows the XDG rules for %o', (env, directory) => {
    expect(stateDirectory({ env })).toBe(directory);
  });
});

describe('the record of an environment', () => {
  test('is read as it was written', async () => {
    const written = record('local');
    expect(written).toMatchObject({
      createdAt: '1970-01-01T00:00:00.000Z',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await writeRecord(state.context, written);
    expect(await readRecord(state.context, 'local')).toEqual(written);
  });

  test('has an id of its own each time', () => {
    expect(record('local').id).not.toBe(record('local').id);
  });

  test('is nothing where there is no environment', async () => {
    expect(await readRecord(state.context, 'local')).toBeUndefined();
  });

  test('is for its owner alone', async () => {
    await writeRecord(state.context, record('local'));
    const directory = environmentDirectory(state.context, 'local');
    const modes = await Promise.all(
      [join(directory, 'environment.json'), directory, dirname(directory)].map((path) => stat(path)),
    );
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o700, 0o700]);
  });

  const valid = record('local');
  test.each([
    ['nothing', ''],
    ['half of it', JSON.stringify(valid).slice(0, 40)],
    ['null', 'null'],
    ['a list', '[]'],
    ['no id', JSON.stringify({ ...valid, id: undefined })],
    ['no ports', JSON.stringify({ ...valid, ports: undefined })],
    ['a port that is none', JSON.stringify({ ...valid, ports: { postgres: 0, s3: 29_000 } })],
    ['an engine that is none', JSON.stringify({ ...valid, engine: 'steam' })],
    ['the record of another environment', JSON.stringify({ ...valid, name: 'other' })],
  ])('that holds %s is a conflict that names the file', async (_, content) => {
    const file = join(environmentDirectory(state.context, 'local'), 'environment.json');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await expect(readRecord(state.context, 'local')).rejects.toMatchObject({
      kind: 'conflict',
      message: 'The record of environment local cannot be read',
      why: [`${file} is not what dk writes`],
    });
  });
});

describe('the list of environments', () => {
  test('has those with a folder, sorted, and no files that lie there', async () => {
    expect(await listEnvironments(state.context)).toEqual([]);
    for (const name of ['test', 'local']) await writeRecord(state.context, record(name));
    await writeFile(join(stateDirectory(state.context), 'environments', '.DS_Store'), '');
    expect(await listEnvironments(state.context)).toEqual(['local', 'test']);
  });

  test('is no empty list when the folder cannot be read', async () => {
    await mkdir(stateDirectory(state.context));
    await writeFile(join(stateDirectory(state.context), 'environments'), '');
    await expect(listEnvironments(state.context)).rejects.toThrow('ENOTDIR');
  });
});

describe('removal', () => {
  test('leaves nothing of the only environment', async () => {
    await writeRecord(state.context, record('local'));
    await mkdir(join(stateDirectory(state.context), 'runs'));
    await removeState(state.context, 'local');
    await removeEmptyState(state.context);
    expect(await readdir(state.root)).toEqual([]);
  });

  test('leaves other environments and their runs alone', async () => {
    for (const name of ['test', 'local']) await writeRecord(state.context, record(name));
    await mkdir(join(stateDirectory(state.context), 'runs', 'run-1'), { recursive: true });
    await removeState(state.context, 'local');
    await removeEmptyState(state.context);
    expect(await listEnvironments(state.context)).toEqual(['test']);
    expect(await readdir(join(stateDirectory(state.context), 'runs'))).toEqual(['run-1']);
  });

  test('has nothing to do where nothing is', async () => {
    await removeState(state.context, 'local');
    await removeEmptyState(state.context);
    expect(await readdir(state.root)).toEqual([]);
  });
});
