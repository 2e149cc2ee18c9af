import { readText } from '../body/incoming.ts';
import { S3Error } from '../errors.ts';
import { type Answer, bucketOf, type Call, keyOf } from '../operation.ts';
import type { Bucket } from '../storage/bucket.ts';
import { parseXml, toXml, type XmlContent } from '../xml.ts';
import { writePrecondition } from './conditions.ts';
import { maximumXml } from './shared.ts';

/** DELETE /bucket/key */
export async function deleteObject(call: Call): Promise<Answer> {
  await bucketOf(call).delete(keyOf(call), writePrecondition(call.request));
  return { status: 204 };
}

/** POST /bucket?delete */
export async function deleteObjects(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const request = parseXml(await readText(call.openBody().bytes, maximumXml), 'Delete');
  const objects = request.all('Object');
  if (objects.length === 0 || objects.length > 1000) throw new S3Error('MalformedXML');
  if (objects.some((object) => object.all('VersionId').length > 0)) {
    throw new S3Error('NotImplemented', 'This server does not implement versions.');
  }
  const isQuiet = request.text('Quiet') === 'true';
  const keys = objects.map((object) => object.required('Key'));
  const results = await Promise.all(keys.map((key) => deleteOne(bucket, key)));
  const errors = results.filter((result) => 'Code' in result);
  const deleted = isQuiet ? [] : results.filter((result) => !('Code' in result));
  return { status: 200, body: { kind: 'xml', text: toXml('DeleteResult', { Deleted: deleted, Error: errors }) } };
}

async function deleteOne(bucket: Bucket, key: string): Promise<{ readonly [name: string]: XmlContent }> {
  try {
    await bucket.delete(key);
    return { Key: key };
  } catch (error) {
    const { code, message } = error instanceof S3Error ? error : new S3Error('InternalError');
    return { Key: key, Code: code, Message: message };
  }
}
