import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import type { Chart } from '../../../src/package/chart/chart.ts';
import { packChart } from '../../../src/package/chart/pack-chart.ts';
import { readChart } from '../../../src/package/chart/read-chart.ts';

const chart: Chart = {
  name: 'tiny',
  version: '1.0.0-g29aef00',
  created: new Date('2026-11-23T03:09:14Z'),
  files: [
    {
      path: 'Chart.yaml',
      text: 'name: tiny\nversion: 1.0.0-g29aef00\nannotations:\n  org.opencontainers.image.created: 2026-11-23T03:09:14Z\n',
    },
    { path: `dataset/${'long-'.repeat(40)}zwölf.yaml`, text: 'ü\r\n' },
  ],
};

describe('a packed chart', () => {
  test('has the same content on every Node and every machine', async () => {
    const { contentDigest } = await packChart(chart);
    expect(contentDigest).toBe('sha256:4be2971eb58c87a9aded54fe80eba8245b6829099d1814693c4f97adcc8ff962');
  });

  test('has another content when a file or the commit is another', async () => {
    const { contentDigest } = await packChart(chart);
    const edited = { ...chart, files: chart.files.map((file) => ({ ...file, text: `${file.text}\n` })) };
    expect((await packChart(edited)).contentDigest).not.toBe(contentDigest);
    expect((await packChart({ ...chart, created: undefined })).contentDigest).not.toBe(contentDigest);
  });

  test('is read as what was packed', async () => {
    expect(await readChart((await packChart(chart)).tgz)).toEqual(chart);
  });
});

describe('what is no chart is refused, and says why', () => {
  const read = (tgz: Buffer) => readChart(tgz).catch((error: unknown) => error);
  const archive = async (files: Readonly<Record<string, string>>) => {
    const tar = pack();
    for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
    tar.finalize();
    return gzipSync(await buffer(tar));
  };

  test('by what it is not', async () => {
    expect(await read(Buffer.from('hello'))).toMatchObject({ kind: 'invalid', why: ['incorrect header check'] });
    const { tgz } = await packChart(chart);
    expect(await read(tgz.subarray(0, tgz.length - 20))).toMatchObject({
      kind: 'invalid',
      why: ['unexpected end of file'],
    });
    expect(await read(gzipSync('a'.repeat(2000)))).toMatchObject({ kind: 'invalid' });
    expect(await read(await archive({ 'tiny/dk.yaml': '' }))).toMatchObject({ message: 'The chart has no Chart.yaml' });
    expect(await read(await archive({ 'tiny/Chart.yaml': 'name: tiny' }))).toMatchObject({
      why: ['Chart.yaml has no name and version'],
    });
  });

  test('by a path that leads out of it', async () => {
    for (const path of ['tiny/../../etc/passwd', '/etc/passwd', '../tiny/Chart.yaml', 'Chart.yaml']) {
      expect(await read(await archive({ [path]: '' }))).toMatchObject({
        kind: 'invalid',
        why: [`it holds a file with the path ${JSON.stringify(path)}`],
      });
    }
  });

  test('by a size that no chart has', async () => {
    expect(await read(gzipSync(Buffer.alloc(64 * 1024 * 1024)))).toMatchObject({ kind: 'invalid' });
  });
});
