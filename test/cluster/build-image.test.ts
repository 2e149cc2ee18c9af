import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildPackage } from '../../src/release/build/build-package.ts';
import { buildContext, temporaryRepository } from '../release/build/repository.ts';
import { docker, whyNoDocker } from './launched.ts';

const why = whyNoDocker();
const registry = `localhost:5000/dk-test-${process.pid}`;
const engine = { DOCKER_HOST: process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock' };

describe.skipIf(why)(`the image of a package that is built${why ? ` (${why})` : ''}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'dk-build-image-'));
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
    const images = docker('images', '--quiet', `${registry}/good-node`).split('\n').filter(Boolean);
    if (images.length > 0) docker('rmi', '--force', ...new Set(images));
  });

  async function buildIn(directory: string) {
    const { context, stderr } = buildContext(home, engine);
    return { built: await buildPackage(context, directory, { registry }), stderr: stderr() };
  }

  it('is named after its content, labelled with its commit, not root’s, and in the chart', async () => {
    const { directory, commit } = temporaryRepository();
    const revision = commit();
    const { built } = await buildIn(directory);
    expect(built.image).toEqual({ kind: 'built', reference: expect.any(String) });
    const reference = built.image.kind === 'built' ? built.image.reference : '';
    expect(reference).toMatch(new RegExp(`^${registry}/good-node:1\\.0\\.0-g${revision.slice(0, 7)}-[0-9a-f]{12}$`));
    const [{ Config }] = JSON.parse(docker('inspect', reference));
    expect(Config).toMatchObject({
      User: '1000:1000',
      Labels: {
        'org.opencontainers.image.title': 'good-node',
        'org.opencontainers.image.version': `1.0.0-g${revision.slice(0, 7)}`,
        'org.opencontainers.image.revision': revision,
        'org.opencontainers.image.created': '2026-11-23T03:09:14.000Z',
      },
    });
    const values = built.chart.files.find(({ path }) => path === 'values.yaml');
    expect(parse(values?.text ?? '')).toMatchObject({ image: reference });
    expect(built.leftOut).toContainEqual({ path: 'src/', why: 'in the image' });
  });

  it('is built once for one content, wherever the package is, and its chart stays out of it', async () => {
    const { directory, root, commit, write, git } = temporaryRepository();
    commit();
    const first = await buildIn(directory);
    mkdirSync(join(root, 'elsewhere'));
    git('clone', '--quiet', root, join(root, 'elsewhere/clone'));
    write('dist/chart/good-node/Chart.yaml', '');
    const [again, other] = [await buildIn(directory), await buildIn(join(root, 'elsewhere/clone/packages/good-node'))];
    expect([again.built.image, other.built.image]).toEqual([first.built.image, first.built.image]);
    expect([again.stderr, other.stderr]).toEqual(['', '']);
    expect(other.built.packed.contentDigest).toBe(first.built.packed.contentDigest);
  });
});
