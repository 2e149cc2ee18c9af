import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Chart, PackedChart } from './chart.ts';

/** A chart as Helm packs it, but with the same tar for the same chart wherever and whenever it is packed. */
export async function packChart({ name, created = new Date(0), files }: Chart): Promise<PackedChart> {
  const tar = pack();
  for (const { path, text } of files) {
    tar.entry({ name: `${name}/${path}`, mode: 0o644, uid: 0, gid: 0, mtime: created }, text);
  }
  tar.finalize();
  const bytes = await buffer(tar);
  const contentDigest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { tgz: await promisify(gzip)(bytes, { level: 9 }), contentDigest };
}
