import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { RegistryClient } from './client.ts';
import { digestOf } from './digest.ts';
import { describe } from './helm-artefact.ts';
import { type Descriptor, putManifest, readManifest } from './manifests.ts';
import { mediaTypes } from './media-types.ts';
import { type Blob, blobOf, pushBlob } from './upload.ts';

/** An image on its way into a registry. */
export interface ImageToPush {
  /** In the repository of that package. */
  readonly name: string;
  /** Names the content: what is there under it already is this image. */
  readonly tag: string;
  /** Called only where the registry does not have it; the files may be changed. */
  load(): Promise<{ readonly config: Buffer; readonly layers: readonly string[] }>;
}

/** Pushes an image unless it is there; its tag comes last. */
export async function pushImage(
  client: RegistryClient,
  repository: string,
  { tag, load }: ImageToPush,
): Promise<{ readonly digest: string; readonly outcome: 'pushed' | 'unchanged' }> {
  const there = await readManifest(client, repository, tag);
  if (there) return { digest: there.digest, outcome: 'unchanged' };
  const { config, layers } = await load();
  const pushed = new Map<string, Descriptor>();
  // One by one: each needs room on the disk for its compressed copy.
  for (const file of layers) {
    if (!pushed.has(file)) pushed.set(file, await pushLayer(client, repository, file));
  }
  const configBlob = blobOf(digestOf(config), config);
  await pushBlob(client, repository, configBlob);
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: describe(mediaTypes.imageConfig, configBlob),
    layers: layers.map((file) => pushed.get(file)),
  };
  return { digest: await putManifest(client, repository, tag, manifest), outcome: 'pushed' };
}

async function pushLayer(client: RegistryClient, repository: string, file: string): Promise<Descriptor> {
  const { compressed, mediaType } = await compress(client, file);
  try {
    const blob = await fileBlob(compressed);
    await pushBlob(client, repository, blob);
    return describe(mediaType, blob);
  } finally {
    await rm(compressed, { force: true });
  }
}

/** Engines of one kind keep layers as they came, those of the other keep plain tars. */
async function compress({ signal }: RegistryClient, file: string) {
  const magic = await firstBytes(file);
  if (magic.startsWith('1f8b')) return { compressed: file, mediaType: mediaTypes.imageLayer };
  if (magic === '28b52ffd') return { compressed: file, mediaType: mediaTypes.imageLayerZstd };
  const compressed = `${file}.gz`;
  await pipeline(createReadStream(file), createGzip(), createWriteStream(compressed, { mode: 0o600 }), { signal });
  return { compressed, mediaType: mediaTypes.imageLayer };
}

async function firstBytes(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4);
    return buffer.subarray(0, bytesRead).toString('hex');
  } finally {
    await handle.close();
  }
}

async function fileBlob(file: string): Promise<Blob> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const { size } = await stat(file);
  return { digest: `sha256:${hash.digest('hex')}`, size, open: (start) => createReadStream(file, { start }) };
}
