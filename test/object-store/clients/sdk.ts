import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Outcomes, outcomesOf } from './outcome.ts';
import { accessCases } from './sdk-access.ts';
import { checksumCases } from './sdk-checksums.ts';
import { openSdk } from './sdk-client.ts';
import { keyCases } from './sdk-keys.ts';
import { listingCases } from './sdk-listing.ts';
import { multipartCases } from './sdk-multipart.ts';
import { objectCases } from './sdk-objects.ts';
import type { SdkCases } from './sdk-world.ts';
import type { S3Server } from './servers.ts';

const all: SdkCases = {
  ...objectCases,
  ...multipartCases,
  ...checksumCases,
  ...keyCases,
  ...listingCases,
  ...accessCases,
};

/** Goes through the cases of the AWS SDK v3. */
export async function runSdk(server: S3Server): Promise<Outcomes> {
  const client = openSdk(server.endpoint, server.root);
  try {
    return await outcomesOf(all, (id) => ({ server, client, newBucket: () => newBucket(client, id) }));
  } finally {
    client.destroy();
  }
}

async function newBucket(client: S3Client, id: string): Promise<string> {
  const Bucket = `sdk-${id}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}
