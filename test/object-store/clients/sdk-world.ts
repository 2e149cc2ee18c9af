import {
  GetObjectCommand,
  type GetObjectCommandInput,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { S3Server } from './servers.ts';

/** What a case of the SDK works with. */
export interface SdkWorld {
  readonly server: S3Server;
  /** With the root key. */
  readonly client: S3Client;
  /** Makes the case's own bucket, and returns its name. */
  newBucket(): Promise<string>;
}

/** Cases of the SDK, by their ids. */
export type SdkCases = Readonly<Record<string, (world: SdkWorld) => Promise<void>>>;

export const mebibyte = 1024 ** 2;

/** Puts an object, of one letter if nothing else is said. */
export async function put(client: S3Client, Bucket: string, Key: string, more: Partial<PutObjectCommandInput> = {}) {
  return await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }));
}

/** The bytes of an object. */
export async function get(client: S3Client, Bucket: string, Key: string, more: Partial<GetObjectCommandInput> = {}) {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** The text of an object. */
export async function getText(client: S3Client, bucket: string, key: string): Promise<string> {
  return (await get(client, bucket, key)).toString('utf8');
}

/** The keys of a bucket of less than a thousand, in the order listed. */
export async function keysOf(client: S3Client, Bucket: string): Promise<readonly (string | undefined)[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
}
