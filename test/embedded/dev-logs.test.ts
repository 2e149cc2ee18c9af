import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, type Home, makeHome } from '../helpers/dk.ts';

describe('the logs of an environment', () => {
  let home: Home;
  const log = (server: string) => join(home.state, `environments/local/${server}/${server}.log`);
  const mark = (server: string, text: string) => appendFileSync(log(server), `${text}\n`);

  beforeAll(async () => {
    home = makeHome();
    expect(await home.dk(['dev', 'up', '--engine', 'embedded'])).toMatchObject({ code: 0 });
  });
  afterAll(() => home.close());

  it('are those of one server as it wrote them, or of both with their names', async () => {
    const one = await home.dk(['dev', 'logs', 'postgres']);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).toBe(readFileSync(log('postgres'), 'utf8'));
    expect(one.stdout).toContain('database system is ready to accept connections');
    const { stdout } = await home.dk(['dev', 'logs']);
    expect(stdout).toMatch(/^postgres {5}\| .*ready to accept connections$/m);
    expect(stdout).toMatch(/^object-store \| object store ready on http:/m);
  });

  it('never show a secret, neither of a cell nor of the servers', async () => {
    const read = (file: string) => JSON.parse(readFileSync(join(home.state, 'environments/local', file), 'utf8'));
    const { keys } = read('object-store/keys.json') as { keys: { secretAccessKey: string }[] };
    const passwords = ['warehouse', 'lake-raw'].map((store) => read(`secrets/local/${store}.json`));
    const secrets: string[] = [
      passwords[0].PG_PASS,
      passwords[1].S3_SECRET_ACCESS_KEY,
      ...keys.map(({ secretAccessKey }) => secretAccessKey),
    ];
    mark('postgres', `STATEMENT: told ${secrets.join(' and ')}`);
    const { stdout } = await home.dk(['dev', 'logs']);
    expect(stdout).toContain('STATEMENT: told');
    for (const secret of secrets) expect(stdout).not.toContain(secret);
  });

  it('are followed until an interrupt', async () => {
    const child = home.start(['dev', 'logs', '-f']);
    const ended = collect(child);
    const shown = new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk: string) => {
        if (chunk.includes('ready to accept')) mark('object-store', 'one line more');
        if (chunk.includes('one line more')) resolve();
      });
    });
    await shown;
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^object-store \| one line more$/m);
  }, 20_000);

  it('are there when the servers are down', async () => {
    await home.dk(['dev', 'down']);
    expect((await home.dk(['dev', 'logs', 'postgres'])).stdout).toContain('database system is shut down');
    await home.dk(['dev', 'up']);
  });

  it('are no longer followed when the environment is gone', async () => {
    expect(await home.dk(['dev', 'up', '--env', 'brief', '--engine', 'embedded'])).toMatchObject({ code: 0 });
    const child = home.start(['dev', 'logs', 'postgres', '-f', '--env', 'brief']);
    const following = collect(child);
    await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
    await home.dk(['dev', 'down', '--delete', '--yes', '--env', 'brief']);
    expect(await following).toMatchObject({ code: 0 });
  }, 20_000);

  it('of a server that there is not are a mistake, of an environment that there is not a prerequisite', async () => {
    const typo = await home.dk(['dev', 'logs', 'postgers']);
    expect(typo.code).toBe(2);
    expect(typo.stderr).toContain('There is no server postgers; did you mean "postgres"?');
    expect(await home.dk(['dev', 'logs', '--env', 'other'])).toMatchObject({ code: 3 });
  });
});

describe('the kubeconfig of an embedded environment', () => {
  it('is a prerequisite that is missing, with the way to one', async () => {
    const home = makeHome();
    await home.dk(['dev', 'up', '--engine', 'embedded']);
    const { code, stdout, stderr } = await home.dk(['dev', 'kubeconfig']);
    await home.close();
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('Environment local has no kubeconfig');
    expect(stderr).toContain('next: One with a cluster, beside it: dk dev up --env local-k3d --engine k3d');
  });
});
