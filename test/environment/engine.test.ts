import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Home, makeHome } from '../helpers/dk.ts';

describe('an engine', () => {
  let home: Home;
  let folder: string;
  beforeEach(() => {
    home = makeHome();
    folder = mkdtempSync(join(tmpdir(), 'dk-path-'));
  });
  afterEach(async () => {
    await home.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('that this machine cannot make leaves nothing behind, so that another can be chosen', async () => {
    const env = { PATH: folder, DOCKER_HOST: `unix://${folder}/nobody.sock` };
    const failed = await home.dk(['dev', 'up', '--engine', 'k3d'], { env });
    expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining('--engine embedded') });
    expect(existsSync(join(home.state, 'environments'))).toBe(false);
  });

  test('that there is not is refused, by its flag and by its variable', async () => {
    expect(await home.dk(['dev', 'up', '--engine', 'docker'])).toMatchObject({ code: 2 });
    const named = await home.dk(['dev', 'up'], { env: { DK_ENGINE: 'docker' } });
    expect(named).toMatchObject({ code: 2, stderr: expect.stringMatching(/no engine docker \(from DK_ENGINE\)/) });
  });

  test('stays that of the environment', async () => {
    expect(await home.dk(['dev', 'up'])).toMatchObject({ code: 0 });
    const other = await home.dk(['dev', 'up', '--engine', 'k3d']);
    expect(other).toMatchObject({ code: 6, stderr: expect.stringContaining('is of engine embedded, not k3d') });
  });

  test('is embedded by itself where there is no k3d, and a folder of that name is none', async () => {
    mkdirSync(join(folder, 'k3d'));
    const { stdout } = await home.dk(['dev', 'up'], { env: { DK_ENGINE: '', PATH: `/bin:/usr/bin:${folder}` } });
    expect(stdout).toContain('(embedded)');
  });
});
