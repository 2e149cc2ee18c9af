import type { Readable } from 'node:stream';
import { Failure } from '../failure.ts';
import { type S3Fault, s3FaultOf } from './s3-fault.ts';
import {
  checkKey,
  type Done,
  deleteObjects,
  type ListOptions,
  listPages,
  namespace,
  type S3Object,
} from './s3-pages.ts';
import { S3Refusal } from './s3-refusal.ts';
import { readText, type S3Address, type S3Body, type S3Options, type S3Request, sendS3 } from './s3-request.ts';
import { encodeEntities } from './s3-xml.ts';

export type { ListOptions, S3Object } from './s3-pages.ts';
export type { S3Address, S3Body, S3Options } from './s3-request.ts';

/** One bucket. What the server refuses, or cannot be reached for, is a Failure with the error as cause. */
export interface S3 {
  /** Whether the bucket is there; a refused login is a Failure, not false. */
  headBucket(): Promise<boolean>;
  /** Nothing happens if it is ours already. */
  createBucket(): Promise<void>;
  /** An empty bucket; nothing happens if it is not there. */
  deleteBucket(): Promise<void>;
  /** Pages of at most 1000 objects whose keys begin with the prefix, in the order of their keys. */
  list(prefix: string, options?: ListOptions): AsyncIterable<readonly S3Object[]>;
  /** The object's bytes; destroy the stream if you do not read it to its end. */
  get(key: string): Promise<Readable>;
  put(key: string, body: S3Body): Promise<void>;
  /** Keys that are not there count as deleted. */
  delete(keys: readonly string[]): Promise<void>;
}

/** Opens a bucket; nothing is sent yet. */
export function openS3(address: S3Address, options: S3Options = {}): S3 {
  const ask = async <Result>(request: S3Request, read: (answer: Readable) => Result | Promise<Result>) => {
    try {
      return await read(await sendS3(address, request, options));
    } catch (error) {
      options.signal?.throwIfAborted();
      throw cannot(address, request, error);
    }
  };
  const done: Done = (request) => ask(request, readText);
  return {
    headBucket: () => wasThere(done({ method: 'HEAD' })),
    createBucket: () => createBucket(done, address.region),
    async deleteBucket() {
      await wasThere(done({ method: 'DELETE' }));
    },
    list: (prefix, wanted = {}) => listPages(done, prefix, wanted),
    get: async (key) => ask({ method: 'GET', key: checkKey(key) }, (answer) => answer),
    async put(key, body) {
      await done({ method: 'PUT', key: checkKey(key), body });
    },
    delete: (keys) => deleteObjects(done, keys),
  };
}

export type S3Check = { readonly ok: true; readonly latencyMs: number } | ({ readonly ok: false } & S3Fault);

interface CheckOptions {
  /** 5 s when absent. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Asks whether the key may list the bucket; says at which stage that failed, and never throws for it. */
export async function checkS3(address: S3Address, { timeoutMs = 5_000, signal }: CheckOptions = {}): Promise<S3Check> {
  if (address.bucket === '') return { ok: false, stage: 'address', reason: 'the name of the bucket is missing' };
  const limit = AbortSignal.timeout(timeoutMs);
  const until = signal ? AbortSignal.any([limit, signal]) : limit;
  const begin = performance.now();
  try {
    // Unlike the answer to HEAD, this one says why it is no.
    const query = { 'list-type': '2', 'max-keys': '0' };
    await readText(await sendS3(address, { method: 'GET', query }, { signal: until }));
    return { ok: true, latencyMs: performance.now() - begin };
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) return { ok: false, stage: 'timeout', reason: `no answer within ${timeoutMs / 1000} s` };
    return { ok: false, ...s3FaultOf(error) };
  }
}

async function wasThere(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (refusalIn(error)?.status === 404) return false;
    throw error;
  }
}

/** AWS wants every region named but its first. */
async function createBucket(done: Done, region: string): Promise<void> {
  const place = `<LocationConstraint>${encodeEntities(region)}</LocationConstraint>`;
  const body = `<CreateBucketConfiguration xmlns="${namespace}">${place}</CreateBucketConfiguration>`;
  try {
    await done({ method: 'PUT', ...(region === 'us-east-1' ? {} : { body }) });
  } catch (error) {
    if (refusalIn(error)?.code !== 'BucketAlreadyOwnedByYou') throw error;
  }
}

function refusalIn(error: unknown): S3Refusal | undefined {
  return error instanceof Failure && error.cause instanceof S3Refusal ? error.cause : undefined;
}

function cannot({ bucket, endpoint }: S3Address, { method, key }: S3Request, error: unknown): Failure {
  const { stage, reason } = s3FaultOf(error);
  const missing = key !== undefined && error instanceof S3Refusal && error.status === 404;
  const target = key === undefined ? `bucket ${bucket}` : `${key} in bucket ${bucket}`;
  const what = `${method} of ${target} at ${endpoint} failed (${stage})`;
  return new Failure(missing ? 'notFound' : 'unhealthy', { what, why: reason, cause: error });
}
