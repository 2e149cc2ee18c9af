import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { decodeWord } from './encoded-word.ts';
import { keysBelow, type Mc, type McCases, records, refusal } from './mc-world.ts';
import { oddNames } from './odd-names.ts';
import { manyKeys } from './servers.ts';

const mebibyte = 1024 ** 2;

/** Buckets, objects and folders. */
export const objectCases: McCases = {
  async buckets({ mc, newBucket }) {
    const bucket = await newBucket();
    expect(records(await mc(['ls', '--json', 's3'])).map(({ key }) => key)).toContain('mc-buckets/');
    expect(await refusal(mc(['mb', bucket]))).toContain('already');
    await mc(['rb', bucket]);
    expect(await refusal(mc(['stat', bucket]))).toContain('does not exist');
  },

  async objects({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    const [up, down] = [join(folder, 'up'), join(folder, 'down')];
    for (const size of [0, 1024, 6 * mebibyte]) {
      const bytes = randomBytes(size);
      writeFileSync(up, bytes);
      await mc(['cp', up, `${bucket}/k`]);
      const etag = createHash('md5').update(bytes).digest('hex');
      expect(await stat(mc, `${bucket}/k`)).toMatchObject({ name: 'k', size, etag, type: 'file' });
      await mc(['cp', `${bucket}/k`, down]);
      expect(readFileSync(down).equals(bytes)).toBe(true);
    }
    await mc(['cp', '--quiet', up, `${bucket}/folder/`]);
    expect(await keysBelow(mc, bucket)).toEqual(['folder/up', 'k']);
    expect((await mc(['cat', 's3/many/part=00/0007'])).trim()).toBe('7');
    await mc(['rm', `${bucket}/k`]);
    expect(await keysBelow(mc, bucket)).toEqual(['folder/up']);
  },

  async copy({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    write(folder, 'f', 'content');
    await mc(['cp', '--attr', 'a=b;Content-Type=text/csv', join(folder, 'f'), `${bucket}/ö from`]);
    await mc(['cp', `${bucket}/ö from`, `${bucket}/below/to`]);
    expect(await mc(['cat', `${bucket}/below/to`])).toBe('content');
    const { metadata } = await stat(mc, `${bucket}/below/to`);
    expect(metadata).toMatchObject({ 'X-Amz-Meta-A': 'b', 'Content-Type': 'text/csv' });
  },

  async move({ mc, newBucket }) {
    const bucket = await newBucket();
    await mc(['pipe', `${bucket}/from`], { input: 'content' });
    await mc(['mv', `${bucket}/from`, `${bucket}/to`]);
    expect([await mc(['cat', `${bucket}/to`]), await keysBelow(mc, bucket)]).toEqual(['content', ['to']]);
  },

  async metadata({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    write(folder, 'f', 'content');
    const attributes = 'Cache-Control=max-age=60;Content-Language=de;plain=a value;encoded==?UTF-8?B?w7w=?=';
    await mc(['cp', '--attr', attributes, join(folder, 'f'), `${bucket}/k`]);
    expect((await stat(mc, `${bucket}/k`))['metadata']).toMatchObject({
      'Cache-Control': 'max-age=60',
      'Content-Language': 'de',
      'X-Amz-Meta-Plain': 'a value',
      'X-Amz-Meta-Encoded': '=?UTF-8?B?w7w=?=',
    });
  },

  async 'unicode-metadata'({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    write(folder, 'f', 'content');
    await mc(['cp', '--attr', 'city=Zürich 日本', join(folder, 'f'), `${bucket}/k`]);
    const [{ metadata } = {}] = records(await mc(['stat', '--json', `${bucket}/k`]));
    expect(decodeWord((metadata as Record<string, unknown>)['X-Amz-Meta-City'])).toBe('Zürich 日本');
  },

  async multipart({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    const bytes = randomBytes(12 * mebibyte + 1);
    writeFileSync(join(folder, 'f'), bytes);
    await mc(['put', '--part-size', '5MiB', '--parallel', '2', join(folder, 'f'), `${bucket}/k`]);
    expect((await stat(mc, `${bucket}/k`))['etag']).toMatch(/^[0-9a-f]{32}-3$/);
    await mc(['get', `${bucket}/k`, join(folder, 'down')]);
    expect(readFileSync(join(folder, 'down')).equals(bytes)).toBe(true);
  },

  async 'unknown-length'({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    for (const size of [0, 1024, 17 * mebibyte]) {
      const bytes = randomBytes(size);
      await mc(['pipe', '--quiet', `${bucket}/k`], { input: bytes });
      await mc(['cp', `${bucket}/k`, join(folder, 'down')]);
      expect(readFileSync(join(folder, 'down')).equals(bytes)).toBe(true);
    }
  },

  async 'odd-keys'({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    const names = [...oddNames].sort();
    for (const name of names) write(folder, `${name}/file`, `${name}\n`);
    await mc(['cp', '--recursive', `${folder}/`, bucket]);
    const keys = names.map((name) => `${name}/file`);
    expect([...(await keysBelow(mc, bucket))].sort()).toEqual(keys);
    const contents = await mc(['cat', ...keys.map((key) => `${bucket}/${key}`)]);
    expect(contents.split('\n')).toEqual(names);
    await mc(['rm', '--recursive', '--force', bucket]);
    expect(await keysBelow(mc, bucket)).toEqual([]);
  },

  async pages({ mc }) {
    const keys = await keysBelow(mc, 's3/many');
    expect([keys.length, new Set(keys).size]).toEqual([manyKeys, manyKeys]);
    expect(records(await mc(['du', '--json', 's3/many'])).at(-1)).toMatchObject({ objects: manyKeys });
    expect(records(await mc(['ls', '--json', 's3/many'])).map(({ key }) => key)).toHaveLength(manyKeys / 100);
  },

  async 'delete-many'({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    for (let number = 0; number < 60; number += 1) writeFileSync(join(folder, `k${number}`), 'x');
    await mc(['cp', '--recursive', `${folder}/`, `${bucket}/dir/`]);
    await mc(['pipe', `${bucket}/dirty`], { input: 'stays' });
    await mc(['rm', '--recursive', '--force', `${bucket}/dir/`]);
    expect(await keysBelow(mc, bucket)).toEqual(['dirty']);
    await mc(['rb', '--force', bucket]);
    expect(await refusal(mc(['stat', bucket]))).toContain('does not exist');
  },

  async sync({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    const [one, other] = [join(folder, 'one'), join(folder, 'other')];
    for (const name of ['a.txt', 'sub/b.txt', 'sub/deep er/ü.txt']) write(one, name, name);
    await mc(['mirror', one, bucket]);
    expect(await keysBelow(mc, bucket)).toEqual(['a.txt', 'sub/b.txt', 'sub/deep er/ü.txt']);
    write(one, 'a.txt', 'changed');
    await mc(['pipe', `${bucket}/too-many`], { input: 'x' });
    await mc(['mirror', '--overwrite', '--remove', one, bucket]);
    expect(await keysBelow(mc, bucket)).toEqual(['a.txt', 'sub/b.txt', 'sub/deep er/ü.txt']);
    await mc(['mirror', bucket, other]);
    expect(readFileSync(join(other, 'a.txt'), 'utf8')).toBe('changed');
    expect(readFileSync(join(other, 'sub/deep er/ü.txt'), 'utf8')).toBe('sub/deep er/ü.txt');
  },

  async diff({ mc, folder, newBucket }) {
    const bucket = await newBucket();
    for (const name of ['same', 'here only', 'sub/changed']) write(folder, name, name);
    await mc(['mirror', folder, bucket]);
    expect(records(await mc(['diff', '--json', folder, bucket]))).toEqual([]);
    await mc(['rm', `${bucket}/here only`]);
    await mc(['pipe', `${bucket}/sub/changed`], { input: 'longer than it was' });
    const found = records(await mc(['diff', '--json', folder, bucket])).map(({ first }) => first);
    expect(found).toEqual([join(folder, 'here only'), join(folder, 'sub/changed')]);
  },

  async find({ mc }) {
    const named = await mc(['find', 's3/many', '--name', '240?', '--smaller', '1KiB']);
    const expected = Array.from({ length: 10 }, (_, digit) => `s3/many/part=24/240${digit}`);
    expect(named.split('\n')).toEqual(expected);
    expect(await mc(['find', 's3/many', '--larger', '1KiB'])).toBe('');
  },
};

async function stat(mc: Mc, place: string): Promise<Readonly<Record<string, unknown>>> {
  return records(await mc(['stat', '--json', place]))[0] ?? {};
}

function write(folder: string, name: string, content: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
