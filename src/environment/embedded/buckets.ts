import { openS3, type S3 } from '../../tools/s3.ts';
import type { Buckets } from '../cell-steps/world.ts';
import { region } from '../desired.ts';
import type { ObjectStoreServer } from './object-store.ts';

/** The buckets of the embedded object store, whose keys stand in its key file. */
export function openBuckets({ endpoint, keys }: ObjectStoreServer): Buckets {
  const open = async (bucket: string) => openS3({ endpoint, bucket, region, ...(await keys.ensureRoot()) });
  return {
    endpoint,
    keyOf: keys.forBucket,
    async makeBucket(bucket, pair) {
      await keys.setForBucket(bucket, pair);
      const root = await open(bucket);
      if (!(await root.headBucket())) await root.createBucket();
    },
    async bucketExists(bucket) {
      return (await keys.forBucket(bucket)) !== undefined || (await open(bucket)).headBucket();
    },
    async dropBucket(bucket) {
      await keys.removeForBucket(bucket);
      await dropWithObjects(await open(bucket));
    },
  };
}

async function dropWithObjects(s3: S3): Promise<void> {
  if (!(await s3.headBucket())) return;
  for await (const page of s3.list('')) await s3.delete(page.map(({ key }) => key));
  await s3.deleteBucket();
}
