import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { Failure } from '../failure.ts';
import type { Docker } from './docker.ts';

/** An image on disk. */
export interface SavedImage {
  /** The image's config, as JSON. */
  readonly config: Buffer;
  /** Files with the layers' tars, the lowest first; compressed or not, as the engine had them. */
  readonly layers: readonly string[];
}

/** What `manifest.json` says of each image in the engine's archive. */
interface ArchivedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/** Has the engine write an image into an empty folder; its layers are never in memory as a whole. */
export async function saveImage(
  { client, ask }: Docker,
  reference: string,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<SavedImage> {
  // Without the request's own signal, whose time-out would cut the stream.
  const archive = await ask(`give image ${reference}`, () => client.getImage(reference).get(), 60_000);
  const files = await unpack(archive, folder, signal);
  const fileOf = (name: string) => {
    const file = files.get(posix.normalize(name));
    if (file !== undefined) return file;
    throw new Failure('unhealthy', {
      what: `The container engine's archive of image ${reference} is not whole`,
      why: `${name} is not in it`,
      next: ['Build the image again: dk build'],
    });
  };
  const [image] = JSON.parse(await readFile(fileOf('manifest.json'), 'utf8')) as readonly ArchivedImage[];
  if (!image) throw new Error(`The archive of image ${reference} has no image`);
  return { config: await readFile(fileOf(image.Config)), layers: image.Layers.map(fileOf) };
}

/** Names in the archive and the files that hold them; what is a link there is the file that it leads to. */
async function unpack(archive: NodeJS.ReadableStream, folder: string, signal: AbortSignal) {
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const entries = extract();
  const feeding = pipeline(archive, entries, { signal });
  // Told by the loop below, too, which is what is waited for.
  feeding.catch(() => {});
  for await (const entry of entries) {
    const { header } = entry;
    const name = posix.normalize(header.name);
    const target = linkTarget(name, header);
    if (target !== undefined) links.set(name, target);
    // Numbered, so that no name in the archive decides where a file is written.
    const file = join(folder, String(files.size));
    if (header.type === 'file') files.set(name, file);
    if (header.type === 'file') await pipeline(entry, createWriteStream(file, { mode: 0o600 }), { signal });
    else entry.resume();
  }
  await feeding;
  for (const [name, target] of links) {
    const file = files.get(target);
    if (file !== undefined) files.set(name, file);
  }
  return files;
}

function linkTarget(name: string, { type, linkname }: Header): string | undefined {
  if (!linkname) return undefined;
  if (type === 'symlink') return posix.join(posix.dirname(name), linkname);
  return type === 'link' ? posix.normalize(linkname) : undefined;
}
