import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/failure.ts';
import { openRegistry } from '../../src/registry/open-registry.ts';
import { createTestContext } from '../helpers/context.ts';
import { chartToPush } from './charts.ts';
import { registryProgram, startRegistry, user } from './registry-server.ts';
import { startTokenServer } from './token-server.ts';

const auth = Buffer.from(`${user.name}:${user.password}`).toString('base64');

describe.skipIf(!registryProgram)(`the login of${registryProgram ? '' : ' (there is no registry on PATH)'}`, () => {
  let home: string;
  const write = (file: string, content: unknown) => {
    mkdirSync(join(home, file, '..'), { recursive: true });
    writeFileSync(join(home, file), JSON.stringify(content));
  };
  const open = async (host: string, env: Readonly<Record<string, string>> = {}) => {
    const { context } = createTestContext({ env: { HOME: home, PATH: process.env['PATH'], ...env } });
    return { context, registry: await openRegistry(context, `${host}/team`) };
  };
  const failureOf = async (work: Promise<unknown>) =>
    (await work.then(
      () => undefined,
      (error) => error,
    )) as Failure;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'dk-login-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  describe('a registry that wants a password', () => {
    let server: Awaited<ReturnType<typeof startRegistry>>;
    beforeAll(async () => {
      server = await startRegistry({ auth: 'htpasswd' });
    });
    afterAll(() => server?.close());

    it("is taken from Docker's config, and the password is redacted from then on", async () => {
      write('.docker/config.json', { auths: { [server.host]: { auth } } });
      const { context, registry } = await open(server.host);
      expect(await registry.push(await chartToPush('from-docker'))).toMatchObject({ outcome: 'pushed' });
      expect(await registry.names()).toContain('from-docker');
      expect(context.secrets.redact(`${user.password} ${auth}`)).toBe('*** ***');
    });

    it("is taken from Helm's where Docker's has none", async () => {
      write('.docker/config.json', { auths: { 'elsewhere.example:5000': { auth } } });
      write('.config/helm/registry/config.json', { auths: { [server.host]: { auth } } });
      const { registry } = await open(server.host);
      expect(await registry.push(await chartToPush('from-helm'))).toMatchObject({ outcome: 'pushed' });
    });

    it('is asked of the helper that Docker uses, over stdin', async () => {
      const program = join(home, 'docker-credential-of-tests');
      const answer = JSON.stringify({ ServerURL: server.host, Username: user.name, Secret: user.password });
      writeFileSync(program, `#!/bin/sh\necho "$@" "$(cat)" > "${home}/asked"\necho '${answer}'\n`, { mode: 0o755 });
      write('config/config.json', { auths: { [server.host]: {} }, credHelpers: { [server.host]: 'of-tests' } });
      const env = { DOCKER_CONFIG: join(home, 'config'), PATH: [home, process.env['PATH']].join(delimiter) };
      const { registry } = await open(server.host, env);
      expect(await registry.push(await chartToPush('from-helper'))).toMatchObject({ outcome: 'pushed' });
      expect(readFileSync(join(home, 'asked'), 'utf8')).toBe(`get ${server.host}\n`);
    });

    it('fails with the name of a helper that is not installed', async () => {
      write('.docker/config.json', { credsStore: 'not-there' });
      const { registry } = await open(server.host);
      expect(await failureOf(registry.names())).toMatchObject({
        kind: 'prerequisite',
        message: 'The program docker-credential-not-there was not found',
      });
    });

    it('is asked for where there is none, and where it is wrong said to be refused', async () => {
      const { registry } = await open(server.host);
      const push = async (to: typeof registry) => failureOf(to.push(await chartToPush('nobody')));
      expect(await push(registry)).toMatchObject({
        kind: 'unhealthy',
        message: `The registry ${server.host} asks for a login to take nobody 1.2.4-g29aef01`,
        next: expect.arrayContaining([`docker login ${server.host}`]),
      });
      write('.docker/config.json', { auths: { [server.host]: { username: user.name, password: 'another-password' } } });
      const refused = await push((await open(server.host)).registry);
      expect(refused.message).toMatch(/does not accept your login/);
      expect(JSON.stringify([refused, refused.cause])).not.toContain('another-password');
    });
  });

  describe('a registry that wants tokens', () => {
    let server: Awaited<ReturnType<typeof startRegistry>>;
    let tokens: Awaited<ReturnType<typeof startTokenServer>>;
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'dk-tokens-'));
      tokens = await startTokenServer(folder);
      server = await startRegistry({ auth: tokens.auth });
    });
    afterAll(async () => {
      await server?.close();
      await tokens?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('is exchanged for a token that is good for pushing, once', async () => {
      write('.docker/config.json', { auths: { [server.host]: { auth } } });
      const { context, registry } = await open(server.host);
      tokens.asked.length = 0;
      expect(await registry.push(await chartToPush('with-token'))).toMatchObject({ outcome: 'pushed' });
      expect(tokens.asked).toEqual([
        { method: 'GET', scopes: ['repository:team/with-token:pull'], login: user.name },
        {
          method: 'GET',
          scopes: ['repository:team/with-token:pull,push', 'repository:team/with-token:pull'],
          login: user.name,
        },
      ]);
      expect(context.secrets.redact(user.password)).toBe('***');
      expect(await registry.names()).toContain('with-token');
    });

    it('may be an identity token', async () => {
      write('.docker/config.json', { auths: { [server.host]: { identitytoken: user.password } } });
      const { registry } = await open(server.host);
      tokens.asked.length = 0;
      expect(await registry.push(await chartToPush('with-identity'))).toMatchObject({ outcome: 'pushed' });
      expect(tokens.asked[0]).toMatchObject({ method: 'POST', login: 'token' });
    });

    it('is not needed to read, and its lack said when something is pushed', async () => {
      const { registry } = await open(server.host);
      expect(await registry.newest('with-token')).toMatchObject({ version: '1.2.4-g29aef01' });
      expect(await failureOf(registry.push(await chartToPush('anonymous')))).toMatchObject({
        kind: 'unhealthy',
        message: expect.stringContaining('asks for a login'),
      });
    });

    it('is exchanged anew when a token has run out', async () => {
      write('.docker/config.json', { auths: { [server.host]: { auth } } });
      const { registry } = await open(server.host);
      tokens.limit([-300]);
      expect(await registry.push(await chartToPush('with-late-token'))).toMatchObject({ outcome: 'pushed' });
    });

    it('is said to be refused where the token server refuses it', async () => {
      write('.docker/config.json', { auths: { [server.host]: { username: user.name, password: 'wrong' } } });
      const { registry } = await open(server.host);
      const failure = await failureOf(registry.versions('with-token'));
      expect(failure).toMatchObject({
        kind: 'unhealthy',
        message: expect.stringContaining('does not accept your login'),
      });
      expect(failure.why.join()).toContain('who are you?');
    });
  });
});
