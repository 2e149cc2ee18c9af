import type { Readable } from 'node:stream';
import type { RegistryClient } from './client.ts';
import type { HttpAnswer } from './exchange.ts';
import { isPassing, RegistryFault } from './fault.ts';
import { withRetries } from './retry.ts';

/** Bytes on their way into a registry. */
export interface Blob {
  readonly digest: string;
  readonly size: number;
  /** From an offset to the end; asked anew for each attempt. */
  open(offset: number): Buffer | Readable;
}

/** Where an upload goes on, and how much of it the registry has. */
interface Upload {
  readonly location: URL;
  readonly offset: number;
}

/** Blobs in a registry's repository. */
export function blobOf(digest: string, content: Buffer): Blob {
  return { digest, size: content.length, open: (offset) => content.subarray(offset) };
}

/** Sends a blob unless the repository has it; an upload that breaks off goes on where it was, or begins anew. */
export async function pushBlob(client: RegistryClient, repository: string, blob: Blob): Promise<void> {
  const scope = pushScope(repository);
  if (await hasBlob(client, repository, blob.digest)) return;
  let location: URL | undefined;
  try {
    await withRetries(client.signal, async () => {
      const upload = (location && (await progressOf(client, scope, location))) ?? (await begin(client, repository));
      location = upload.location;
      await finish(client, scope, upload, blob);
    });
  } catch (error) {
    if (location) await cancel(client, scope, location);
    throw error;
  }
}

/** What a login needs to be good for, to push to a repository. */
export function pushScope(repository: string): string {
  return `repository:${repository}:pull,push`;
}

async function hasBlob(client: RegistryClient, repository: string, digest: string): Promise<boolean> {
  const path = `/v2/${repository}/blobs/${digest}`;
  try {
    return await client.send({ method: 'HEAD', path, scope: pushScope(repository) }, async () => true);
  } catch (error) {
    if (error instanceof RegistryFault && error.reason === 'notFound') return false;
    throw error;
  }
}

async function begin(client: RegistryClient, repository: string): Promise<Upload> {
  const path = `/v2/${repository}/blobs/uploads/`;
  const request = { method: 'POST', path, scope: pushScope(repository), headers: { 'content-length': '0' } } as const;
  return client.sendOnce(request, async (answer) => {
    return { location: locationIn(answer, new URL(path, client.address.origin)), offset: 0 };
  });
}

/** Undefined where the registry cannot say, or has forgotten the upload. */
async function progressOf(client: RegistryClient, scope: string, location: URL): Promise<Upload | undefined> {
  try {
    return await client.sendOnce({ method: 'GET', path: location, scope }, async (answer) => ({
      location: locationIn(answer, location),
      offset: offsetIn(answer),
    }));
  } catch (error) {
    if (error instanceof RegistryFault && !isPassing(error)) return undefined;
    throw error;
  }
}

/** In one request where nothing is there yet, as every registry takes it; else the rest, and then the end. */
async function finish(client: RegistryClient, scope: string, upload: Upload, blob: Blob): Promise<void> {
  const { location, offset } = upload;
  const put = async (target: URL, size: number, body?: () => Buffer | Readable) => {
    const path = new URL(target);
    path.searchParams.set('digest', blob.digest);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
    await client.sendOnce({ method: 'PUT', path, scope, headers, ...(body && { body }) }, async () => {});
  };
  if (offset === 0) return put(location, blob.size, () => blob.open(0));
  if (offset >= blob.size) return put(location, 0);
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(blob.size - offset),
    'content-range': `${offset}-${blob.size - 1}`,
  };
  const rest = { method: 'PATCH', path: location, scope, headers, body: () => blob.open(offset) } as const;
  await put(await client.sendOnce(rest, async (answer) => locationIn(answer, location)), 0);
}

/** So that the registry need not keep what nobody will finish. */
async function cancel(client: RegistryClient, scope: string, location: URL): Promise<void> {
  // It forgets by itself after a while, too.
  await client.sendOnce({ method: 'DELETE', path: location, scope }, async () => {}).catch(() => undefined);
}

function locationIn(answer: HttpAnswer, base: URL): URL {
  const location = answer.header('location');
  if (location !== undefined && URL.canParse(location, base.href)) return new URL(location, base);
  if (answer.status === 204) return base;
  throw new RegistryFault('corrupt', 'it did not say where the upload goes');
}

/** `Range: 0-99` is a hundred bytes; so is what some registries write, `bytes=0-99`. */
function offsetIn(answer: HttpAnswer): number {
  const [, last] = /0-(\d+)$/.exec(answer.header('range') ?? '') ?? [];
  return last === undefined || last === '0' ? 0 : Number(last) + 1;
}
