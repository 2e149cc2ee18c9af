import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

/** A file's bytes that a record or part names. */
interface Segment {
  readonly blob: string;
  readonly size: number;
}

/**
 * Walks the data folder of a server that has nothing to do: every record and part is whole and has its bytes, no file is
 * there that none of them names, and all is its owner's alone.
 */
export async function expectSoundFolder(dataDirectory: string): Promise<void> {
  expect(await entries(dataDirectory, ['server.sock'])).toEqual(['buckets', 'limbo']);
  expect(await entries(join(dataDirectory, 'limbo'))).toEqual([]);
  for (const name of await entries(join(dataDirectory, 'buckets')))
    await expectSoundBucket(join(dataDirectory, 'buckets', name));
}

async function expectSoundBucket(folder: string): Promise<void> {
  expect(await entries(folder)).toEqual(['blobs', 'bucket.json', 'incoming', 'records', 'uploads']);
  expect(await entries(join(folder, 'incoming')), `${folder} has nothing half-made`).toEqual([]);
  const segments = [
    ...(await recordSegments(join(folder, 'records'))),
    ...(await partSegments(join(folder, 'uploads'))),
  ];
  const named = segments.map(({ blob }) => blob).sort();
  expect(await entries(join(folder, 'blobs')), `${folder} has the bytes that are named, once each`).toEqual(named);
  for (const { blob, size } of segments) expect((await lstat(join(folder, 'blobs', blob))).size).toBe(size);
}

async function recordSegments(folder: string): Promise<Segment[]> {
  const names = await entries(folder);
  const files = await Promise.all(names.map(async (name) => ({ name, file: await readFile(join(folder, name)) })));
  return files.flatMap(({ name, file }) => {
    const end = file.indexOf('\n');
    const { key, size, segments }: { key: string; size: number; segments: Segment[] } = JSON.parse(
      file.toString('utf8', 0, end),
    );
    expect(createHash('sha256').update(key).digest('hex'), `the record of ${key} has its name`).toBe(name);
    const named = segments.reduce((sum, segment) => sum + segment.size, 0);
    expect(segments.length === 0 ? file.length - end - 1 : named, `the record of ${key} has its bytes`).toBe(size);
    return segments;
  });
}

async function partSegments(folder: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const id of await entries(folder)) {
    const names = await entries(join(folder, id));
    expect(names, `the upload ${id} has a beginning`).toContain('upload.json');
    for (const name of names.filter((other) => other !== 'upload.json')) {
      const part: { number: number; segment: Segment } = JSON.parse(await readFile(join(folder, id, name), 'utf8'));
      expect(String(part.number)).toBe(name);
      segments.push(part.segment);
    }
  }
  return segments;
}

/** The sorted names in the folder but for some, each a file or folder that nobody else may read. */
async function entries(folder: string, but: readonly string[] = []): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !but.includes(name)).sort();
  for (const name of names) {
    const path = join(folder, name);
    const stats = await lstat(path);
    expect(stats.isFile() || stats.isDirectory(), `${path} is a file or folder`).toBe(true);
    expect(stats.mode & 0o077, `${path} is its owner's alone`).toBe(0);
  }
  return names;
}
