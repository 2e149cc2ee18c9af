import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { type KeyPair, type ObjectStoreOptions, startObjectStore } from '../../src/object-store/server.ts';

// The SDK's own variable for its warning about Node 20.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export const root: KeyPair = { accessKeyId: 'root', secretAccessKey: 'root-secret' };

/** A folder that is removed when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'object-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A server that is stopped when the test is over, over a new folder if none is given, and its log. */
export async function serve(options: Partial<ObjectStoreOptions> = {}) {
  const dataDirectory = options.dataDirectory ?? (await temporaryFolder());
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const server = await startObjectStore({ port: 0, rootKey: root, log, ...options, dataDirectory });
  onTestFinished(() => server.close());
  return { server, port: server.port, dataDirectory, lines };
}

/** An SDK client that is destroyed when the test is over. It does not retry, so that each answer is seen. */
export function clientFor(port: number, credentials: KeyPair = root): S3Client {
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return client;
}

/** The code and status of the S3 error that the promise fails with; fails if it does not. */
export async function failure(promise: Promise<unknown>): Promise<{ code: string; status: number | undefined }> {
  try {
    await promise;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return { code: name, status: $metadata?.httpStatusCode };
  }
  throw new Error('expected an S3 error, but the request succeeded');
}
