import type { RegistryClient } from './client.ts';
import { digestOf } from './digest.ts';
import type { HttpAnswer } from './exchange.ts';
import { RegistryFault } from './fault.ts';
import { anyManifest, mediaTypes } from './media-types.ts';
import { parseJson, readPages } from './pages.ts';
import { pushScope } from './upload.ts';

/** A part of an artefact, as its manifest names it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** An index of several has no config. */
export interface Manifest {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a tag leads to, with its digest. */
export interface Tagged {
  readonly digest: string;
  readonly manifest: Manifest;
}

/** Bytes; the specification lets registries refuse larger manifests. */
const largestManifest = 4 * 1024 * 1024;

/** Tags of a repository; undefined where there is none. */
export async function listTags(client: RegistryClient, repository: string): Promise<readonly string[] | undefined> {
  const pages = await unlessMissing(readPages(client, `/v2/${repository}/tags/list`, pullScope(repository)));
  return pages?.flatMap((page) => (page as { readonly tags?: readonly string[] | null }).tags ?? []);
}

/** Every repository. */
export async function listRepositories(client: RegistryClient): Promise<readonly string[]> {
  const pages = await readPages(client, '/v2/_catalog', 'registry:catalog:*');
  return pages.flatMap((page) => (page as { readonly repositories?: readonly string[] | null }).repositories ?? []);
}

/** The manifest under a tag or digest, with its own digest; undefined where there is none. */
export async function readManifest(
  client: RegistryClient,
  repository: string,
  reference: string,
): Promise<Tagged | undefined> {
  const request = {
    method: 'GET',
    path: `/v2/${repository}/manifests/${reference}`,
    scope: pullScope(repository),
    headers: { accept: anyManifest },
  } as const;
  return unlessMissing(
    client.send(request, async (answer) => {
      const content = await readBytes(answer, largestManifest);
      const digest = digestOf(content);
      requireDigest(digest, reference.startsWith('sha256:') ? reference : answer.header('docker-content-digest'));
      return { digest, manifest: parseJson(content.toString('utf8')) as Manifest };
    }),
  );
}

/** Puts a manifest under a tag, by which the artefact becomes visible; returns its digest. */
export async function putManifest(
  client: RegistryClient,
  repository: string,
  tag: string,
  manifest: object,
): Promise<string> {
  const text = JSON.stringify(manifest);
  const request = {
    method: 'PUT',
    path: `/v2/${repository}/manifests/${tag}`,
    scope: pushScope(repository),
    headers: { 'content-type': mediaTypes.manifest },
    body: () => text,
  } as const;
  const digest = digestOf(text);
  await client.send(request, async (answer) => requireDigest(digest, answer.header('docker-content-digest')));
  return digest;
}

/** A whole blob, no larger than its descriptor says. */
export async function readBlob(client: RegistryClient, repository: string, blob: Descriptor): Promise<Buffer> {
  const path = `/v2/${repository}/blobs/${blob.digest}`;
  return client.send({ method: 'GET', path, scope: pullScope(repository) }, async (answer) => {
    const content = await readBytes(answer, blob.size);
    requireDigest(digestOf(content), blob.digest);
    return content;
  });
}

function pullScope(repository: string): string {
  return `repository:${repository}:pull`;
}

async function unlessMissing<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof RegistryFault && error.reason === 'notFound') return undefined;
    throw error;
  }
}

function requireDigest(digest: string, said: string | undefined): void {
  if (said === undefined || !said.startsWith('sha256:') || said === digest) return;
  throw new RegistryFault('corrupt', `its content has the digest ${digest}, not ${said}`);
}

async function readBytes({ body }: HttpAnswer, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new RegistryFault('corrupt', `its content has more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
