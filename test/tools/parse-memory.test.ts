import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openParseMemory, parseAnew } from '../../src/tools/parse-memory.ts';

const text = `apiVersion: v1
kind: Namespace
metadata:
  name: dk-canary
---
apiVersion: datakit.infoblox.dev/v1alpha1
kind: Cell
metadata:
  name: canary
  labels: { a: b }
spec:
  namespace: dk-canary
status:
  ready: true
`;

describe('the memory of parsed manifests', () => {
  let root: string;
  let folder: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'dk-parse-memory-'));
    folder = join(root, 'parsed');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test('gives back what parsing gave, with the file of the moment', async () => {
    const parse = openParseMemory(folder);
    await parse(text, 'first.yaml');
    const [entry = ''] = await readdir(folder);
    expect((await stat(join(folder, entry))).mode & 0o777).toBe(0o600);
    const remembered = await parse(text, 'second.yaml');
    const anew = await parseAnew(text, 'second.yaml');
    expect(JSON.parse(JSON.stringify(remembered))).toEqual(JSON.parse(JSON.stringify(anew)));
  });

  test('really remembers: what an entry says is what is given', async () => {
    const parse = openParseMemory(folder);
    await parse(text, 'cell.yaml');
    const [entry = ''] = await readdir(folder);
    const changed = (await readFile(join(folder, entry), 'utf8')).replace('"a":"b"', '"a":"remembered"');
    await writeFile(join(folder, entry), changed);
    const { manifests } = await parse(text, 'cell.yaml');
    expect(manifests[0]?.value.metadata.labels).toEqual({ a: 'remembered' });
  });

  test.each([
    [[]],
    [['spec']],
    [['spec', 'namespace']],
    [['metadata', 'labels', 'a']],
    [['metadata', 'labels', 'none']],
    [['spec', 'nothing', 0, 'here']],
  ])('places %j where parsing places it, key and value', async (path) => {
    const parse = openParseMemory(folder);
    await parse(text, 'cell.yaml');
    const [remembered] = (await parse(text, 'cell.yaml')).manifests;
    const [anew] = (await parseAnew(text, 'cell.yaml')).manifests;
    for (const part of ['key', 'value'] as const) {
      expect(remembered?.source.at(path, part)).toEqual(anew?.source.at(path, part));
    }
  });

  test('remembers nothing that has a problem, and nothing where no environment is', async () => {
    await openParseMemory(folder)(text.replace('namespace:', 'namespce:'), 'cell.yaml');
    expect(await readdir(root)).toEqual([]);
    await openParseMemory(join(root, 'gone', 'parsed'))(text, 'cell.yaml');
    expect(await readdir(root)).toEqual([]);
  });

  test('parses anew what changed, be it by one character', async () => {
    const parse = openParseMemory(folder);
    await parse(text, 'cell.yaml');
    const { manifests } = await parse(text.replace('a: b', 'a: c'), 'cell.yaml');
    expect(manifests[0]?.value.metadata.labels).toEqual({ a: 'c' });
    expect(await readdir(folder)).toHaveLength(2);
  });

  test('survives an entry that is damaged', async () => {
    const parse = openParseMemory(folder);
    await parse(text, 'cell.yaml');
    const [entry = ''] = await readdir(folder);
    await writeFile(join(folder, entry), '{"manif');
    expect((await parse(text, 'cell.yaml')).manifests).toHaveLength(1);
  });
});
