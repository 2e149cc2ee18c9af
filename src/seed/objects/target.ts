import { openBucket } from '../../data/folder.ts';
import { namingStore } from '../../data/name-store.ts';
import { Failure } from '../../failure.ts';
import type { Progress } from '../../graph/step.ts';
import type { S3 } from '../../tools/s3.ts';
import { readMetered } from '../meter.ts';
import type { Standing, Target } from '../target.ts';
import type { SeedTask } from '../task.ts';
import { type SeedObject, seedObjects } from './encode.ts';
import { findObject, readMarker, writeMarker } from './marker.ts';

/** The prefix of a data set; what others put below it stays, unless the target is to be clean. */
export function objectsTarget(task: SeedTask): Target {
  const { store } = task.place;
  const fail = (error: unknown) => {
    throw namingStore(error, store);
  };
  return {
    look: (signal) => look(task, openBucket(store, signal)).catch(fail),
    load: (progress) => load(task, openBucket(store, progress.signal), progress).catch(fail),
  };
}

async function look({ target, hash }: SeedTask, bucket: S3): Promise<Standing> {
  const marker = await readMarker(bucket, target);
  const objects = Object.entries(marker.objects);
  if (objects.length === 0 && marker.hash === null) return { current: false, why: 'no seed yet' };
  if (marker.hash === null) return { current: false, why: 'a seed was broken off' };
  if (marker.hash !== hash) return { current: false, why: 'the seed has changed' };
  for (const [key, etag] of objects) {
    const found = await findObject(bucket, key);
    if (found?.etag !== etag) return { current: false, why: `${key} ${found ? 'was changed' : 'is gone'}` };
  }
  return { current: true, held: { rows: marker.rows, objects: objects.length } };
}

/** At every moment the marker knows all objects that seeds put, so that one that is broken off can be repeated. */
async function load(task: SeedTask, bucket: S3, progress: Progress): Promise<void> {
  const objects = seedObjects(task);
  const { objects: former } = await readMarker(bucket, task.target);
  const added = objects.filter(({ key }) => !Object.hasOwn(former, key));
  if (task.clean) await deleteAll(bucket, task.target);
  else await refuseForeign(task, bucket, added);
  const known = { ...former, ...Object.fromEntries(objects.map(({ key }) => [key, null])) };
  await writeMarker(bucket, task.target, { hash: null, rows: null, objects: known });
  for (const object of objects) await put(bucket, object, progress);
  const current = new Set(objects.map(({ key }) => key));
  await bucket.delete(Object.keys(former).filter((key) => !current.has(key)));
  const etags = await Promise.all(objects.map(async ({ key }) => [key, (await findObject(bucket, key))?.etag ?? null]));
  const finished = { hash: task.hash, rows: rowsOf(objects), objects: Object.fromEntries(etags) };
  await writeMarker(bucket, task.target, finished);
}

async function deleteAll(bucket: S3, prefix: string): Promise<void> {
  for await (const page of bucket.list(prefix)) await bucket.delete(page.map(({ key }) => key));
}

async function refuseForeign(task: SeedTask, bucket: S3, objects: readonly SeedObject[]): Promise<void> {
  const { dataset, cell } = task.place.port;
  for (const { key } of objects) {
    if (!(await findObject(bucket, key))) continue;
    throw new Failure('conflict', {
      what: `There is an object ${key} that no seed put there`,
      why: `The seed of data set ${dataset} has an object of the same name`,
      next: `Rename the seed file, or remove all that is below ${task.target}: dk dev seed --clean --cell ${cell}`,
    });
  }
}

function put(bucket: S3, object: SeedObject, progress: Progress): Promise<void> {
  if ('text' in object) return bucket.put(object.key, object.text);
  return bucket.put(object.key, { stream: readMetered(object.file, progress), size: object.file.bytes });
}

function rowsOf(objects: readonly SeedObject[]): number | null {
  return objects.reduce<number | null>((sum, object) => {
    return sum === null || !('rows' in object) ? null : sum + object.rows;
  }, 0);
}
