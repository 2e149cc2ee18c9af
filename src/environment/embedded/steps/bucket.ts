import { isDeepStrictEqual } from 'node:util';
import type { Step } from '../../../graph/step.ts';
import { checkS3, openS3 } from '../../../tools/s3.ts';
import { bucketOf, region, s3Secret } from '../../desired.ts';
import { type KeyPair, newKeyPair } from '../object-store-keys.ts';
import type { EmbeddedWorld } from '../world.ts';

const secret = 'lake-raw';

/** A cell's own bucket, the key that opens only it, and the Secret that holds the key. */
export function bucketStep(cell: string): Step<EmbeddedWorld> {
  const bucket = bucketOf(cell);
  return {
    id: `bucket/${cell}`,
    title: `Bucket of cell ${cell}`,
    needs: ['object-store', `cell/${cell}`],
    async check({ cells, objectStore, addresses }) {
      const pair = await objectStore.keys.forBucket(bucket);
      if (!pair) return { done: false, why: 'it has no key' };
      const found = await cells.secrets.read(cell, secret);
      if (!found || !isDeepStrictEqual({ ...found, ...s3Secret(cell, addresses.s3, pair) }, found)) {
        return { done: false, why: 'its Secret is missing or holds something else' };
      }
      const checked = await checkS3(connection(objectStore.endpoint, bucket, pair));
      return checked.ok ? { done: true } : { done: false, why: checked.reason };
    },
    async run({ cells, objectStore, addresses }) {
      const pair = (await objectStore.keys.forBucket(bucket)) ?? newKeyPair();
      await objectStore.keys.setForBucket(bucket, pair);
      await cells.secrets.set(cell, secret, s3Secret(cell, addresses.s3, pair));
      const root = openS3(connection(objectStore.endpoint, bucket, await objectStore.keys.ensureRoot()));
      if (!(await root.headBucket())) await root.createBucket();
    },
  };
}

function connection(endpoint: string, bucket: string, pair: KeyPair) {
  return { endpoint, bucket, region, ...pair };
}
