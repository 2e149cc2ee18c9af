import { isDeepStrictEqual } from 'node:util';
import type { Step } from '../../graph/step.ts';
import { checkS3 } from '../../tools/s3.ts';
import { bucketOf, region, s3Secret } from '../desired.ts';
import { type KeyPair, newKeyPair } from './key-pair.ts';
import type { CellsWorld } from './world.ts';

const secret = 'lake-raw';

/** A cell's own bucket, the key that opens only it, and the Secret that holds the key. */
export function bucketStep(cell: string): Step<CellsWorld> {
  const bucket = bucketOf(cell);
  return {
    id: `bucket/${cell}`,
    title: `Bucket of cell ${cell}`,
    needs: ['object-store', `cell/${cell}`],
    async check(world) {
      const pair = await keyPair(world, cell);
      if (!pair) return { done: false, why: 'it has no key' };
      const found = await world.cells.secrets.read(cell, secret);
      if (!found || !isDeepStrictEqual({ ...found, ...s3Secret(cell, world.endpoints.s3.address, pair) }, found)) {
        return { done: false, why: 'its Secret is missing or holds something else' };
      }
      const checked = await checkS3({ endpoint: world.buckets.endpoint, bucket, region, ...pair });
      return checked.ok ? { done: true } : { done: false, why: checked.reason };
    },
    async run(world) {
      const pair = (await keyPair(world, cell)) ?? newKeyPair();
      await world.cells.secrets.set(cell, secret, s3Secret(cell, world.endpoints.s3.address, pair));
      await world.buckets.makeBucket(bucket, pair);
    },
  };
}

/** As the server has it; where that cannot be asked, as the Secret has it, if it can be one of ours. */
async function keyPair({ cells, buckets }: CellsWorld, cell: string): Promise<KeyPair | undefined> {
  const known = await buckets.keyOf(bucketOf(cell));
  if (known) return known;
  const found = await cells.secrets.read(cell, secret);
  const { S3_ACCESS_KEY_ID: accessKeyId = '', S3_SECRET_ACCESS_KEY: secretAccessKey = '' } = found ?? {};
  return /^DK[0-9A-F]{18}$/.test(accessKeyId) && /^[\w-]{40}$/.test(secretAccessKey)
    ? { accessKeyId, secretAccessKey }
    : undefined;
}
