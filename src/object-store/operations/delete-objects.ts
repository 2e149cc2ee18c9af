import { readText } from '../body/incoming.ts';
import { S3Error } from '../errors.ts';
import { type Answer, bucketOf, type Call, keyOf } from '../operation.ts';
import { requireKeyLength } from '../request.ts';
import type { Bucket, Precondition } from '../storage/bucket.ts';
import { parseXml, toXml, type XmlContent, type XmlElement } from '../xml.ts';
import { ifMatch, writePrecondition } from './conditions.ts';
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
  const isQuiet = request.text('Quiet') === 'true';
  const results = await Promise.all(objects.map(readDeletion).map((deletion) => deleteOne(call, bucket, deletion)));
  const errors = results.filter((result) => 'Code' in result);
  const deleted = isQuiet ? [] : results.filter((result) => !('Code' in result));
  return { status: 200, body: { kind: 'xml', text: toXml('DeleteResult', { Deleted: deleted, Error: errors }) } };
}

interface Deletion {
  readonly key: string;
  readonly precondition: Precondition;
}

function readDeletion(object: XmlElement): Deletion {
  const unsupported = ['LastModifiedTime', 'Size'].find((name) => object.all(name).length > 0);
  if (unsupported !== undefined || (object.text('VersionId') ?? 'null') !== 'null') {
    throw new S3Error('NotImplemented', `This server does not implement ${unsupported ?? 'versions'}.`);
  }
  const key = object.required('Key');
  if (key === '') throw new S3Error('MalformedXML');
  return { key, precondition: ifMatch(object.text('ETag')) };
}

async function deleteOne(
  call: Call,
  bucket: Bucket,
  { key, precondition }: Deletion,
): Promise<{ readonly [name: string]: XmlContent }> {
  try {
    requireKeyLength(key);
    await bucket.delete(key, precondition);
    return { Key: key };
  } catch (error) {
    const { code, message } = call.toS3Error(error);
    return { Key: key, Code: code, Message: message };
  }
}
