import { chmod, mkdir, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { buildContext } from '../../../src/launch/image/build-context.ts';
import { contentOf } from '../../../src/launch/image/content.ts';
import { formatDockerfile } from '../../../src/launch/image/dockerfile.ts';
import { installedPackages } from '../../../src/launch/image/node-modules.ts';
import { packageFiles } from '../../../src/launch/image/package-files.ts';
import type { ImageRecipe } from '../../../src/launch/image/recipe.ts';
import { specImage } from '../../../src/launch/image/spec-image.ts';
import { placesOfThisFile } from '../places.ts';

const open = placesOfThisFile();

const recipe: ImageRecipe = {
  base: 'node:24-slim',
  directory: '/app',
  env: { GREETING: 'say "hi"' },
  command: ['node', '/app/src/main.js'],
  source: [],
  dependencies: [],
};

describe('a Dockerfile', () => {
  test('copies what is given to a user who is not root, and runs nothing', () => {
    expect(formatDockerfile(recipe)).toBe(`FROM node:24-slim
COPY --chown=1000:1000 source/ /
ENV HOME="/tmp"
ENV GREETING="say \\"hi\\""
WORKDIR /app
USER 1000:1000
ENTRYPOINT ["node","/app/src/main.js"]
CMD []
`);
  });

  test('has a layer for dependencies where there are some, or will be', () => {
    const copies = 'COPY --chown=1000:1000 dependencies/ /\nCOPY --chown=1000:1000 source/ /';
    const link = { kind: 'link', path: '/app/node_modules/x', target: '../x' } as const;
    expect(formatDockerfile({ ...recipe, dependencies: [link] })).toContain(copies);
    expect(formatDockerfile({ ...recipe, install: async () => [] })).toContain(copies);
  });

  test('starts nothing of the base image for a package with a command of its own', () => {
    expect(formatDockerfile({ ...recipe, command: undefined })).toContain('ENTRYPOINT []\n');
  });
});

describe('the files of a package', () => {
  const pathsOf = async (files: Readonly<Record<string, string>>) => {
    const { directory } = await open(files);
    return (await packageFiles(directory, '/app')).map(({ path }) => path);
  };

  test('are its own, without credentials, settings of people, charts, and what was made for this machine', async () => {
    const paths = await pathsOf({
      'dk.yaml': '',
      'src/main.js': '',
      'src/data/words.txt': '',
      '.env': 'PG_PASS=1',
      'src/.env.local': 'PG_PASS=1',
      '.npmrc': '//registry/:_authToken=1',
      '.git/HEAD': '',
      'node_modules/x/index.js': '',
      'src/node_modules/y/index.js': '',
      '.venv/bin/python': '',
      'src/__pycache__/main.pyc': '',
      'store/warehouse.yaml': '',
      'tests/main.test.js': '',
      'dist/main.js': '',
      'dist/chart/good-node/Chart.yaml': '',
    });
    expect(paths).toEqual(['/app/dist/main.js', '/app/dk.yaml', '/app/src/data/words.txt', '/app/src/main.js']);
  });

  test('are fewer or more by .dockerignore, but never credentials', async () => {
    const paths = await pathsOf({
      '.dockerignore': '# notes\n*.md\n!README.md\n!.settings.json\n!tests\n!.env\n**/drafts\n',
      'README.md': '',
      'NOTES.md': '',
      '.settings.json': '{}',
      '.env': 'PG_PASS=1',
      'tests/main.test.js': '',
      'src/drafts/a.js': '',
    });
    expect(paths).toEqual(['/app/.settings.json', '/app/README.md', '/app/tests/main.test.js']);
  });

  test('keep their links and what can be executed', async () => {
    const { directory } = await open({ 'bin/run': '#!/bin/sh\n', 'src/main.js': '' });
    await chmod(join(directory, 'bin/run'), 0o755);
    await symlink('../bin/run', join(directory, 'src/run'));
    expect(await packageFiles(directory, '/app')).toEqual([
      { kind: 'file', path: '/app/bin/run', source: join(directory, 'bin/run'), executable: true },
      { kind: 'file', path: '/app/src/main.js', source: join(directory, 'src/main.js'), executable: false },
      { kind: 'link', path: '/app/src/run', target: '../bin/run' },
    ]);
  });
});

test('the packages of a folder are those that Node would load, each once, in circles too', async () => {
  const { directory } = await open({
    'package.json': '{"dependencies":{"a":"*","absent":"*"},"devDependencies":{"tool":"*"}}',
    'node_modules/a/package.json': '{"dependencies":{"b":"*"},"optionalDependencies":{"c":"*"}}',
    'node_modules/a/node_modules/b/package.json': '{"peerDependencies":{"a":"*"}}',
    'node_modules/b/package.json': '{}',
    'node_modules/tool/package.json': '{}',
    'linked/package.json': '{}',
  });
  await symlink('../linked', join(directory, 'node_modules/c'));
  const at = (path: string, real = path) => ({ path: join(directory, path), real: join(directory, real) });
  expect(await installedPackages(directory)).toEqual([
    at('node_modules/a'),
    at('node_modules/a/node_modules/b'),
    at('node_modules/c', 'linked'),
  ]);
});

describe('the content of an image', () => {
  const files = { 'src/main.js': 'console.log(1)', 'src/other.js': '' };
  const contentIn = async ({ directory }: { directory: string }, changes: Partial<ImageRecipe> = {}) =>
    contentOf({ ...recipe, source: await packageFiles(directory, '/app'), ...changes });

  test('is the same for the same files, wherever and whenever they were written', async () => {
    const [one, other] = [await open(files), await open(files)];
    await utimes(join(other.directory, 'src/main.js'), 1, 1);
    expect(await contentIn(one)).toBe(await contentIn(other));
  });

  test('is another one for another text, name, mode, command or base', async () => {
    const place = await open(files);
    const contents = [await contentIn(place), await contentIn(place, { base: 'node:26-slim' })];
    contents.push(await contentIn(place, { command: ['node', 'other.js'] }));
    await place.write({ 'src/main.js': 'console.log(2)' });
    contents.push(await contentIn(place));
    await chmod(join(place.directory, 'src/main.js'), 0o755);
    contents.push(await contentIn(place));
    await place.write({ 'src/another.js': '' });
    contents.push(await contentIn(place));
    expect(new Set(contents).size).toBe(6);
  });
});

describe('the context of a build', () => {
  test('holds the Dockerfile and both layers, in names of any length', async () => {
    const long = `src/${'folder/'.repeat(20)}${'x'.repeat(120)}.js`;
    const { directory } = await open({ 'src/main.js': 'main', [long]: 'long' });
    const source = await packageFiles(directory, '/app');
    const link = { kind: 'link', path: '/app/node_modules/x', target: '../../x' } as const;
    const installed = { ...source[0], path: '/opt/dk/site-packages/x.py' } as (typeof source)[0];
    const install = async () => [installed].filter((file) => file !== undefined);
    const found: Record<string, string | null | undefined> = {};
    const reader = extract();
    (await buildContext({ ...recipe, source, dependencies: [link], install })).pipe(reader);
    for await (const entry of reader) {
      found[entry.header.name] = entry.header.type === 'symlink' ? entry.header.linkname : 'a file';
      entry.resume();
    }
    expect(found).toEqual({
      Dockerfile: 'a file',
      'dependencies/app/node_modules/x': '../../x',
      'dependencies/opt/dk/site-packages/x.py': 'a file',
      'source/app/src/main.js': 'a file',
      [`source/app/${long}`]: 'a file',
    });
  });

  test('breaks where a file cannot be read any longer', async () => {
    const { directory } = await open({});
    await mkdir(join(directory, 'gone.js'));
    const gone = { kind: 'file', path: '/app/gone.js', source: join(directory, 'gone.js'), executable: false } as const;
    const context = await buildContext({ ...recipe, source: [gone] });
    await expect(context.resume().toArray()).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

test('variables in spec.image come from the environment, and those that are not there are all named', () => {
  const env = { REGISTRY: 'ghcr.io', TAG: '1' };
  expect(specImage({ env }, undefined)).toBeUndefined();
  expect(specImage({ env }, '${REGISTRY}/app:${TAG}')).toBe('ghcr.io/app:1');
  expect(() => specImage({ env }, '${REGISTRY}/${TEAM}/app:${BUILD}')).toThrow(
    expect.objectContaining({ kind: 'invalid', next: ['export TEAM=…', 'export BUILD=…'] }),
  );
});
