import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { foreignEntry, isMerged, mergeKubeconfig, type Place, unmergeKubeconfig } from '../../src/tools/kubeconfig.ts';
import { ownIdentity } from '../../src/tools/processes.ts';

const name = 'k3d-dk-local';
const options = { signal: new AbortController().signal, waitMs: 200 };

/** As k3d writes it. */
const own = (server = 'https://127.0.0.1:40001', ca = 'Y2E=', of = name) =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: of, cluster: { server, 'certificate-authority-data': ca } }],
    contexts: [{ name: of, context: { cluster: of, user: `admin@${of}` } }],
    'current-context': of,
    users: [{ name: `admin@${of}`, user: { 'client-certificate-data': 'Y2VydA==', 'client-key-data': 'a2V5' } }],
  });

const work = `# my clusters
apiVersion: v1
clusters:
- cluster:
    server: https://work.example.com   # behind the VPN
  name: work
contexts:
- context:
    cluster: work
    user: jane
  name: work
current-context: work
kind: Config
preferences: {}
users:
- name: jane
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: aws
      args: [eks, get-token]
x-unknown: {kept: true}
`;

let folder: string;
let file: string;
let place: Place & { readonly text: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dk-kubeconfig-'));
  file = join(folder, 'config');
  place = { files: [file], name, environmentId: 'one', text: own() };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = () => readFileSync(file, 'utf8');
const content = () => parse(read());
const contextNames = () => content().contexts.map((context: { name: string }) => context.name);

describe('merging into a kubeconfig', () => {
  it('adds context, cluster and user under one name, and leaves the current context and every other byte', async () => {
    writeFileSync(file, work);
    expect(await isMerged(place)).toBe(false);
    expect(await mergeKubeconfig(place, options)).toBe(true);
    expect(await isMerged(place)).toBe(true);
    expect(content()).toMatchObject({ 'current-context': 'work', 'x-unknown': { kept: true } });
    expect(content().contexts[1]).toMatchObject({ name, context: { cluster: name, user: name } });
    expect(content().clusters[1]).toMatchObject({ name, cluster: { server: 'https://127.0.0.1:40001' } });
    expect(content().users[1]).toMatchObject({ name, user: { 'client-key-data': 'a2V5' } });
    const added = new Set(read().split('\n'));
    expect(work.split('\n').filter((line) => !added.has(line))).toEqual([]);
  });

  it('does not write a second time', async () => {
    await mergeKubeconfig(place, options);
    const { ino } = statSync(file);
    expect(await mergeKubeconfig(place, options)).toBe(false);
    expect(statSync(file).ino).toBe(ino);
  });

  it('brings its own entries up to date when the cluster was made anew', async () => {
    writeFileSync(file, work);
    await mergeKubeconfig(place, options);
    const anew = { ...place, text: own('https://127.0.0.1:40002', 'bmV3') };
    expect(await isMerged(anew)).toBe(false);
    expect(await mergeKubeconfig(anew, options)).toBe(true);
    expect(content().clusters).toHaveLength(2);
    expect(content().clusters[1].cluster.server).toBe('https://127.0.0.1:40002');
    await unmergeKubeconfig(anew, options);
    expect(read()).toBe(work);
  });

  it('keeps what the user added to the context, such as a namespace', async () => {
    await mergeKubeconfig(place, options);
    writeFileSync(file, read().replace(`cluster: ${name}\n`, `cluster: ${name}\n    namespace: dk-canary\n`));
    expect(await mergeKubeconfig(place, options)).toBe(false);
    expect(content().contexts[0].context.namespace).toBe('dk-canary');
    expect(await unmergeKubeconfig(place, options)).toBe(true);
  });

  it('sets the current context where no file has one', async () => {
    await mergeKubeconfig(place, options);
    expect(content()['current-context']).toBe(name);
  });

  it('changes the first of several files, and takes the current context of another for one', async () => {
    const second = join(folder, 'second');
    writeFileSync(second, work);
    const both = { ...place, files: [file, second] };
    await mergeKubeconfig(both, options);
    expect(readFileSync(second, 'utf8')).toBe(work);
    expect(content()).not.toHaveProperty('current-context');
    expect(await isMerged(both)).toBe(true);
    await unmergeKubeconfig(both, options);
    expect(existsSync(file)).toBe(false);
  });

  it('keeps the mode of the file, and follows links', async () => {
    const target = join(folder, 'elsewhere');
    writeFileSync(target, work);
    chmodSync(target, 0o640);
    symlinkSync(target, file);
    await mergeKubeconfig(place, options);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    await unmergeKubeconfig(place, options);
    expect(readFileSync(target, 'utf8')).toBe(work);
    expect(statSync(target).mode & 0o777).toBe(0o640);
  });

  it('makes a missing file, and its folder, for its owner only, and takes both away again', async () => {
    file = join(folder, '.kube', 'config');
    await mergeKubeconfig({ ...place, files: [file] }, options);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await unmergeKubeconfig({ ...place, files: [file] }, options);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('taking out what was merged', () => {
  const originals: Readonly<Record<string, string>> = {
    'a file with comments': work,
    'a file without a last line break': work.trimEnd(),
    'a file with Windows line breaks': work.replaceAll('\n', '\r\n'),
    'an empty file': '',
    'a file of comments': '# nothing yet\n',
    'a file of comments without a last line break': '# nothing yet',
    'a file with a head alone': 'apiVersion: v1\nkind: Config\n',
    'what kubectl leaves of an empty one':
      'apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: ""\nkind: Config\npreferences: {}\nusers: null\n',
    'empty lists': 'clusters: []   # none\ncontexts: [ ]\nusers:\nkind: Config\n',
    'lists that are indented':
      'users:\n  - name: a # first\n    user: {}\n\n  # the end\ncontexts:\n  -\n    name: b\n',
    'a text at the end of a list': 'users:\n- name: a\n  user:\n    token: |\n      one\n      two\ncontexts: []\n',
    'JSON with lists': '{ "clusters": [], "contexts": [], "users": [], "current-context": "other" }\n',
  };
  it.each(Object.entries(originals))('leaves %s as it was, to the byte', async (_, original) => {
    writeFileSync(file, original);
    await mergeKubeconfig(place, options);
    expect(await isMerged(place)).toBe(true);
    const other = { ...place, name: 'k3d-dk-two', environmentId: 'two', text: own(undefined, undefined, 'k3d-dk-two') };
    await mergeKubeconfig(other, options);
    expect(contextNames()).toEqual(expect.arrayContaining([name, 'k3d-dk-two']));
    await unmergeKubeconfig(other, options);
    expect(await unmergeKubeconfig(place, options)).toBe(true);
    expect(read()).toBe(original);
    expect(readdirSync(folder)).toEqual(['config']);
  });

  it('works in any order of two environments', async () => {
    writeFileSync(file, originals['what kubectl leaves of an empty one'] ?? '');
    await mergeKubeconfig(place, options);
    const other = { ...place, name: 'k3d-dk-two', environmentId: 'two', text: own(undefined, undefined, 'k3d-dk-two') };
    await mergeKubeconfig(other, options);
    await unmergeKubeconfig(place, options);
    expect(contextNames()).toEqual(['k3d-dk-two']);
    await unmergeKubeconfig(other, options);
    expect(read()).toBe(originals['what kubectl leaves of an empty one']);
  });

  it('leaves all of a context that was pointed elsewhere in one part', async () => {
    await mergeKubeconfig(place, options);
    const pointed = read().replace('https://127.0.0.1:40001', 'https://prod.example.com');
    writeFileSync(file, pointed);
    expect(await unmergeKubeconfig(place, options)).toBe(false);
    expect(read()).toBe(pointed);
  });

  it('needs no state: the marks in the file tell what is ours', async () => {
    writeFileSync(file, work);
    await mergeKubeconfig(place, options);
    expect(await unmergeKubeconfig({ ...place, text: undefined }, options)).toBe(true);
    expect(read()).toBe(work);
  });

  it('leaves a current context that is somebody else’s', async () => {
    await mergeKubeconfig(place, options);
    writeFileSync(file, read().replace(`current-context: ${name}`, 'current-context: other'));
    await unmergeKubeconfig(place, options);
    expect(content()['current-context']).toBe('other');
  });

  it('does nothing where nothing is ours', async () => {
    expect(await unmergeKubeconfig(place, options)).toBe(false);
    writeFileSync(file, work);
    expect(await unmergeKubeconfig(place, options)).toBe(false);
    expect(read()).toBe(work);
  });
});

describe('an entry of our name that is not ours', () => {
  const foreign: Readonly<Record<string, string>> = {
    'a cluster elsewhere': stringify({ clusters: [{ name, cluster: { server: 'https://prod.example.com' } }] }),
    'a cluster with another CA': own(undefined, 'b3RoZXI='),
    'a context for another cluster': stringify({ contexts: [{ name, context: { cluster: 'prod', user: 'jane' } }] }),
    'a user with another login': stringify({ users: [{ name, user: { token: 'abc' } }] }),
  };
  it.each(Object.entries(foreign))('is refused and stays untouched: %s', async (_, text) => {
    writeFileSync(file, text);
    expect(await foreignEntry({ ...place, text: undefined })).toContain(file);
    await expect(mergeKubeconfig(place, options)).rejects.toMatchObject({ kind: 'refused' });
    expect(await unmergeKubeconfig(place, options)).toBe(false);
    expect(read()).toBe(text);
  });

  it('is one that was ours and was pointed to another server', async () => {
    await mergeKubeconfig(place, options);
    const pointed = read().replace('https://127.0.0.1:40001', 'https://prod.example.com');
    writeFileSync(file, pointed);
    expect(await foreignEntry(place)).toBe(`cluster ${name} points to https://prod.example.com in ${file}`);
    await expect(mergeKubeconfig(place, options)).rejects.toMatchObject({ kind: 'refused' });
    expect(read()).toBe(pointed);
  });

  it('is one of another environment', async () => {
    await mergeKubeconfig({ ...place, text: own('https://127.0.0.1:1') }, options);
    expect(await foreignEntry({ ...place, environmentId: 'two' })).toContain('https://127.0.0.1:1');
  });

  it('is found in every file, and never in what is ours', async () => {
    const second = join(folder, 'second');
    writeFileSync(second, foreign['a cluster elsewhere'] ?? '');
    expect(await foreignEntry({ ...place, files: [file, second] })).toContain(second);
    await mergeKubeconfig(place, options);
    expect(await foreignEntry({ ...place, text: undefined })).toBeUndefined();
    expect(await foreignEntry({ ...place, environmentId: 'two' })).toBeUndefined();
  });
});

describe('a kubeconfig that cannot be changed', () => {
  it.each([
    ['no YAML', 'clusters: [\n'],
    ['no mapping', '- a\n'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
  ])('is named and left alone: %s', async (_, text) => {
    writeFileSync(file, text);
    const error = await mergeKubeconfig(place, options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'prerequisite', message: expect.stringContaining(file) });
    expect(read()).toBe(text);
  });

  it('is a read-only one', async () => {
    writeFileSync(file, work, { mode: 0o444 });
    await expect(mergeKubeconfig(place, options)).rejects.toMatchObject({
      kind: 'prerequisite',
      why: ['it is read-only'],
    });
    expect(read()).toBe(work);
    expect(readdirSync(folder)).toEqual(['config']);
  });

  it('is one that another program has locked for too long', async () => {
    writeFileSync(`${file}.lock`, '');
    const error = await mergeKubeconfig(place, options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'conflict', why: [`${file}.lock exists`] });
    expect(readdirSync(folder)).toEqual(['config.lock']);
  });
});

describe('the lock', () => {
  it('is waited for', async () => {
    writeFileSync(`${file}.lock`, '');
    const merging = mergeKubeconfig(place, { ...options, waitMs: 30_000 });
    rmSync(`${file}.lock`);
    expect(await merging).toBe(true);
    expect(readdirSync(folder)).toEqual(['config']);
  });

  it('of a dk that was killed is taken away, that of one at work is not', async () => {
    const identity = await ownIdentity();
    const owner = (startTime: string) => JSON.stringify({ program: 'dk', host: hostname(), ...identity, startTime });
    writeFileSync(`${file}.lock`, owner('of an earlier process of this number'));
    expect(await mergeKubeconfig(place, options)).toBe(true);
    writeFileSync(`${file}.lock`, owner(identity.startTime));
    await expect(unmergeKubeconfig(place, options)).rejects.toMatchObject({ kind: 'conflict' });
    expect(readdirSync(folder)).toEqual(['config', 'config.lock']);
  });

  it('lets twelve environments merge and go at once', async () => {
    writeFileSync(file, work);
    const many = Array.from({ length: 12 }, (_, index) => {
      const each = `k3d-dk-${index}`;
      return { ...place, name: each, environmentId: each, text: own(`https://127.0.0.1:${index + 1}`, 'Y2E=', each) };
    });
    const patient = () => ({ signal: new AbortController().signal, waitMs: 30_000 });
    await Promise.all(many.map((each) => mergeKubeconfig(each, patient())));
    expect(contextNames().sort()).toEqual([...many.map((each) => each.name), 'work'].sort());
    await Promise.all(many.map((each) => unmergeKubeconfig(each, patient())));
    expect(read()).toBe(work);
  });

  it('is not taken for a look', async () => {
    mkdirSync(join(folder, 'nothing'));
    await unmergeKubeconfig({ ...place, files: [join(folder, 'nothing', 'config')] }, options);
    writeFileSync(file, work);
    writeFileSync(`${file}.lock`, '');
    expect(await isMerged(place)).toBe(false);
    expect(await unmergeKubeconfig(place, options)).toBe(false);
  });
});
