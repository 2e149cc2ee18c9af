import { openMinioAdmin } from '../../tools/minio-admin.ts';
import { openS3 } from '../../tools/s3.ts';
import type { KeyPair } from '../cell-steps/key-pair.ts';
import type { Buckets } from '../cell-steps/world.ts';
import { region } from '../desired.ts';

/** Opens every bucket; never given to a Store. */
export type RootKey = KeyPair;

/** The buckets of the shared MinIO, and one user for each. */
export function openMinioBuckets(endpoint: string, rootKey: () => Promise<RootKey>): Buckets {
  const admin = async () => openMinioAdmin({ endpoint, region, ...(await rootKey()) });
  const open = async (bucket: string) => openS3({ endpoint, bucket, region, ...(await rootKey()) });
  return {
    endpoint,
    // MinIO tells nobody a user's secret.
    keyOf: async () => undefined,
    async makeBucket(bucket, pair) {
      const root = await open(bucket);
      if (!(await root.headBucket())) await root.createBucket();
      await (await admin()).setKey(bucket, pair);
    },
    async bucketExists(bucket) {
      return (await (await admin()).keysOf(bucket)) !== undefined || (await open(bucket)).headBucket();
    },
    async dropBucket(bucket) {
      const minio = await admin();
      await minio.removeKeys(bucket);
      await minio.dropBucket(bucket);
    },
  };
}
