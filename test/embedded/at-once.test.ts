import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome } from '../helpers/dk.ts';

describe('two at once', () => {
  let home: Home;

  beforeAll(() => {
    home = makeHome();
  });
  afterAll(() => home.close());

  it('two ups: one waits for the other, and one environment stands', async () => {
    const [one, other] = await Promise.all([home.dk(['dev', 'up']), home.dk(['dev', 'up', '--cell', 'canary'])]);
    expect([one.code, other.code]).toEqual([0, 0]);
    expect(one.stderr + other.stderr).toMatch(/waiting: "dev up --env local" \(pid \d+\)/);
    const { cells } = (await home.json(['dev', 'status'])) as { cells: { name: string; ready: boolean }[] };
    expect(cells.map(({ name, ready }) => [name, ready])).toEqual([
      ['canary', true],
      ['local', true],
    ]);
  });

  it('up and down: whichever comes last decides, and nothing is half made', async () => {
    await Promise.all([home.dk(['dev', 'down']), home.dk(['dev', 'up'])]);
    const { services } = (await home.json(['dev', 'status'])) as { services: { state: string }[] };
    expect(new Set(services.map(({ state }) => state)).size).toBe(1);
    expect(await home.dk(['dev', 'up'])).toMatchObject({ code: 0 });
  });
});

describe('four ups of four users at once', () => {
  const homes: Home[] = [];

  beforeAll(() => {
    for (let user = 0; user < 4; user++) homes.push(makeHome());
  });
  afterAll(() => Promise.all(homes.map((home) => home.close())));

  it('each ends up with ports of its own, and is removed again', async () => {
    const ups = await Promise.all(homes.map((home) => home.json(['dev', 'up'])));
    const addresses = ups.flatMap(({ services }) => (services as { address: string }[]).map(({ address }) => address));
    expect(new Set(addresses).size).toBe(8);
    const downs = await Promise.all(homes.map((home) => home.dk(['dev', 'down', '--delete', '--yes'])));
    expect(downs.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
    expect(homes.filter(({ state }) => existsSync(state))).toEqual([]);
  }, 120_000);
});
