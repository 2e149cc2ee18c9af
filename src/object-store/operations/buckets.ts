import { opens } from '../auth/access.ts';
import { readText } from '../body/incoming.ts';
import { type Answer, bucketOf, type Call } from '../operation.ts';
import { parameter } from '../request.ts';
import { parseXml, toXml } from '../xml.ts';
import { countParameter, isoTime, maximumXml } from './shared.ts';

/** GET / */
export async function listBuckets({ request, store, grant }: Call): Promise<Answer> {
  const prefix = parameter(request, 'prefix');
  const after = parameter(request, 'continuation-token') ?? '';
  const maximum = countParameter(request, 'max-buckets', { minimum: 1, maximum: 10_000, absent: 10_000 });
  const own = store.list().filter(({ name }) => opens(grant, name) && name.startsWith(prefix ?? '') && name > after);
  const page = own.slice(0, maximum);
  const text = toXml('ListAllMyBucketsResult', {
    Owner: { ID: grant.accessKeyId, DisplayName: grant.accessKeyId },
    Buckets: { Bucket: page.map(({ name, created }) => ({ Name: name, CreationDate: isoTime(created) })) },
    Prefix: prefix,
    ContinuationToken: page.length < own.length ? page.at(-1)?.name : undefined,
  });
  return { status: 200, body: { kind: 'xml', text } };
}

/** PUT /bucket */
export async function createBucket(call: Call): Promise<Answer> {
  const name = call.request.bucket ?? '';
  const text = await readText(call.openBody().bytes, maximumXml);
  // Any region will do: there is one place where buckets can be.
  if (text.trim() !== '') parseXml(text, 'CreateBucketConfiguration');
  await call.store.create(name, call.now);
  return { status: 200, headers: { location: `/${name}` } };
}

/** HEAD /bucket */
export async function headBucket(call: Call): Promise<Answer> {
  bucketOf(call);
  return { status: 200, headers: { 'x-amz-bucket-region': 'us-east-1' } };
}

/** DELETE /bucket */
export async function deleteBucket(call: Call): Promise<Answer> {
  await call.store.delete(bucketOf(call).name);
  return { status: 204 };
}

/** GET /bucket?location */
export async function getBucketLocation(call: Call): Promise<Answer> {
  bucketOf(call);
  // Empty is how S3 writes us-east-1.
  return { status: 200, body: { kind: 'xml', text: toXml('LocationConstraint', {}) } };
}
