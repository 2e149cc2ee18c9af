import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publish } from '../../src/commands/publish.ts';
import { openRegistry } from '../../src/registry/open-registry.ts';
import { createTestContext } from '../helpers/context.ts';
import { startFaultyProxy } from '../registry/faulty-proxy.ts';
import { registryProgram, startRegistry } from '../registry/registry-server.ts';
import { temporaryRepository } from '../release/build/repository.ts';
import { docker, whyNoDocker } from './launched.ts';

const run = promisify(execFile);
const why = registryProgram ? whyNoDocker() : 'there is no registry on PATH';

describe.skipIf(why)(`the image of a package that is published${why ? ` (${why})` : ''}`, () => {
  let server: Awaited<ReturnType<typeof startRegistry>>;
  let proxy: Awaited<ReturnType<typeof startFaultyProxy>>;
  beforeAll(async () => {
    server = await startRegistry();
    proxy = await startFaultyProxy(server.port);
  });
  afterAll(async () => {
    const images = docker('images', '--quiet', '--filter', `reference=${proxy.host}/*/*`);
    if (images !== '') docker('rmi', '--force', ...new Set(images.split('\n')));
    await proxy.close();
    await server.close();
  });
  const publishJson = async (cwd: string) => {
    const { context, stdout } = createTestContext({ cwd, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } });
    await publish(context, { registry: `${proxy.host}/team`, output: 'json' });
    return JSON.parse(stdout());
  };

  it('is there before the chart, survives cuts in its layers, and runs where it is pulled', async () => {
    const { directory, commit, write } = temporaryRepository();
    write('src/main.mjs', 'console.log("from the registry")');
    commit();
    let cuts = 3;
    proxy.set(({ method, path }) =>
      method === 'PUT' && path.includes('/uploads/') && cuts-- > 0 ? { kind: 'cut', after: 200_000 } : undefined,
    );
    const { chart, image, package: pkg } = await publishJson(directory);
    expect(cuts).toBeLessThan(0);
    expect(image).toMatchObject({ outcome: 'pushed', digest: expect.stringMatching(/^sha256:/) });
    expect(image.reference).toMatch(new RegExp(`^${proxy.host}/team/good-node:${pkg.version}-[0-9a-f]{12}$`));
    const tags = proxy.seen.filter((line) => /^PUT .*\/manifests\//.test(line)).map((line) => line.split('/').at(-1));
    expect(tags).toEqual([image.reference.split(':').at(-1), pkg.version]);

    docker('rmi', image.reference);
    // Not `docker` above, which would keep this process, and so the proxy, from answering the engine.
    expect((await run('docker', ['run', '--rm', image.reference])).stdout).toBe('from the registry\n');
    expect(docker('image', 'inspect', '--format', '{{.Config.User}}', image.reference)).toBe('1000:1000');

    proxy.set(() => undefined);
    expect(await publishJson(directory)).toMatchObject({
      chart: { ...chart, outcome: 'unchanged' },
      image: { ...image, outcome: 'unchanged' },
    });
    expect(proxy.seen.filter((line) => !line.startsWith('GET'))).toEqual([]);
    const registry = await openRegistry(createTestContext().context, `${proxy.host}/team`);
    expect((await registry.versions('good-node'))?.map(({ version }) => version)).toEqual([pkg.version]);
  });
});
