import { readFile } from 'node:fs/promises';
import { writeAtomically } from '../../tools/atomic-file.ts';
import { type KeyPair, newKeyPair } from '../cell-steps/key-pair.ts';

interface BucketKey extends KeyPair {
  readonly buckets: readonly string[] | '*';
}

/** The object store's key file, which the server rereads when it changes. */
export interface Keys {
  readonly file: string;
  /** The key that opens every bucket; never given to a Store. */
  root(): Promise<KeyPair | undefined>;
  /** Makes the root key where it is missing. */
  ensureRoot(): Promise<KeyPair>;
  /** The key pair whose only bucket this is. */
  forBucket(bucket: string): Promise<KeyPair | undefined>;
  /** Makes this key pair the only one of the bucket. */
  setForBucket(bucket: string, pair: KeyPair): Promise<void>;
  removeForBucket(bucket: string): Promise<void>;
}

/** Changes are made one after the other within this process; between processes the environment's lock does it. */
export function openKeys(file: string): Keys {
  let turn: Promise<unknown> = Promise.resolve();
  const change = <Result>(edit: (keys: readonly BucketKey[]) => { keys: readonly BucketKey[]; result: Result }) => {
    const mine = turn.then(async () => {
      const before = await readKeys(file);
      const { keys, result } = edit(before);
      if (keys !== before) await writeAtomically(file, `${JSON.stringify({ keys }, null, 2)}\n`);
      return result;
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
  const find = async (matches: (key: BucketKey) => boolean) => (await readKeys(file)).find(matches);
  return {
    file,
    root: () => find(isRoot),
    ensureRoot: () =>
      change((keys) => {
        const root = keys.find(isRoot);
        const made = root ?? { ...newKeyPair(), buckets: '*' as const };
        return { keys: root ? keys : [made, ...keys], result: made };
      }),
    forBucket: (bucket) => find((key) => opensOnly(key, bucket)),
    setForBucket: (bucket, pair) =>
      change((keys) => ({
        keys: [...keys.filter((key) => !opensOnly(key, bucket)), { ...pair, buckets: [bucket] }],
        result: undefined,
      })),
    removeForBucket: (bucket) =>
      change((keys) => ({ keys: keys.filter((key) => !opensOnly(key, bucket)), result: undefined })),
  };
}

const isRoot = (key: BucketKey) => key.buckets === '*';
const opensOnly = (key: BucketKey, bucket: string) => key.buckets !== '*' && key.buckets.includes(bucket);

async function readKeys(file: string): Promise<readonly BucketKey[]> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as { keys: readonly BucketKey[] }).keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
