import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../helpers/dk.ts';

describe.each(['node', 'python'])('a new %s package in an empty home', (runtime) => {
  let home: Home;

  beforeAll(() => {
    home = makeHome();
  });
  afterAll(() => home.close());

  it('lints strictly, and runs as it is once the environment is up', async () => {
    const folder = join(home.directory, 'x');
    expect(await home.dk(['init', 'x', '--runtime', runtime])).toMatchObject({ code: 0 });
    expect(await home.dk(['lint', '--strict'], { cwd: folder })).toMatchObject({ code: 0 });
    const early = await home.dk(['run'], { cwd: folder });
    expect(early.code).toBe(3);
    expect(early.stderr).toContain('dk dev up');
    expect(await home.dk(['dev', 'up'], { cwd: folder })).toMatchObject({ code: 0 });
    expect(await home.dk(['run'], { cwd: folder })).toMatchObject({ code: 0 });
    expect(await home.dk(['dev', 'seed'], { cwd: folder })).toMatchObject({ code: 0 });
    const ran = await home.dk(['run'], { cwd: folder });
    expect(ran.code).toBe(0);
    const look = await home.dk(['data', 'head', 'daily-revenue'], { cwd: folder });
    expect(look.stdout).toMatch(/revenue_cents/);
  });
});
