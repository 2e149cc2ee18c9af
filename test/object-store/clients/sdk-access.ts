import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';

import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect } from 'vitest';
import { failure } from '../serving.ts';
import { openSdk } from './sdk-client.ts';
import { getText, put, type SdkCases } from './sdk-world.ts';

/** Who may do what, and what nobody can. */
export const accessCases: SdkCases = {
  async 'presigned-v4'({ client, newBucket }) {
    const Bucket = await newBucket();
    const Key = 'ü a+b%/k';
    const toPut = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key }), { expiresIn: 60 });
    expect((await fetch(toPut, { method: 'PUT', body: 'by url' })).status).toBe(200);
    const named = new GetObjectCommand({ Bucket, Key, ResponseContentDisposition: 'attachment; filename="a b"' });
    const toGet = await getSignedUrl(client, named, { expiresIn: 60 });
    const answer = await fetch(toGet);
    expect([answer.status, await answer.text()]).toEqual([200, 'by url']);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="a b"');
    const signingDate = new Date(Date.now() - 60_000);
    const expired = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), { expiresIn: 30, signingDate });
    for (const refused of [expired, toGet.replace('k?', 'l?'), toGet.replace('X-Amz-Expires=60', 'X-Amz-Expires=61')]) {
      expect((await fetch(refused)).status).toBe(403);
    }
    expect((await fetch(toGet, { method: 'PUT', body: 'another method' })).status).toBe(403);
    expect(await getText(client, Bucket, Key)).toBe('by url');
  },

  async 'wrong-secret'({ server }) {
    const { root, endpoint } = server;
    const known = openSdk(endpoint, { ...root, secretAccessKey: 'wrong-secret' });
    const unknown = openSdk(endpoint, { accessKeyId: 'nobody', secretAccessKey: 'wrong-secret' });
    const list = new ListBucketsCommand({});
    expect(await failure(known.send(list))).toEqual({ code: 'SignatureDoesNotMatch', status: 403 });
    expect(await failure(unknown.send(list))).toEqual({ code: 'InvalidAccessKeyId', status: 403 });
    known.destroy();
    unknown.destroy();
  },

  async 'cell-key'({ server }) {
    const cell = openSdk(server.endpoint, server.cell);
    await put(cell, 'cell', 'sdk', { Body: 'mine' });
    expect(await getText(cell, 'cell', 'sdk')).toBe('mine');
    const { Buckets } = await cell.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['cell']);
    const attempts = [
      getText(cell, 'others', 'theirs'),
      put(cell, 'others', 'sdk'),
      cell.send(new ListObjectsV2Command({ Bucket: 'others' })),
      cell.send(new CopyObjectCommand({ Bucket: 'cell', Key: 'k', CopySource: 'others/theirs' })),
      cell.send(new CreateBucketCommand({ Bucket: 'sdk-of-a-cell' })),
    ];
    const denied = { code: 'AccessDenied', status: 403 };
    expect(await Promise.all(attempts.map(failure))).toEqual(attempts.map(() => denied));
    cell.destroy();
  },

  async 'not-implemented'({ client, newBucket }) {
    const Bucket = await newBucket();
    await put(client, Bucket, 'k');
    const attempts = [
      client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } })),
      client.send(new ListObjectVersionsCommand({ Bucket })),
      client.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' })),
      client.send(new PutObjectAclCommand({ Bucket, Key: 'k', ACL: 'public-read' })),
      client.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
      client.send(new PutBucketPolicyCommand({ Bucket, Policy: '{}' })),
    ];
    const answers = await Promise.all(attempts.map(failure));
    expect(answers).toEqual(attempts.map(() => ({ code: 'NotImplemented', status: 501 })));
  },
};
