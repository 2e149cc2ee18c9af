import { Failure } from '../failure.ts';
import { isMapping, type Mapping } from '../manifest/mapping.ts';
import { encryptForMinio } from './minio-admin-encryption.ts';
import { s3FaultOf } from './s3-fault.ts';
import { S3Refusal } from './s3-refusal.ts';
import { readText, type S3Address, type S3Options, type S3Request, sendS3 } from './s3-request.ts';

/** The server and its root key. */
export type MinioAddress = Omit<S3Address, 'bucket' | 'pathStyle'>;

/**
 * The keys of a MinIO server. For each bucket there is a group and a policy of its name, which opens that bucket only; the
 * members of the group are the bucket's keys.
 */
export interface MinioAdmin {
  /** The ids of a bucket's keys; undefined when nothing was ever made for it. */
  keysOf(bucket: string): Promise<readonly string[] | undefined>;
  /** Makes this key the only one of the bucket, which need not be there; the secret has 8 to 40 characters. */
  setKey(bucket: string, pair: { readonly accessKeyId: string; readonly secretAccessKey: string }): Promise<void>;
  /** Removes all keys of a bucket; nothing happens if there are none. */
  removeKeys(bucket: string): Promise<void>;
  /** Removes a bucket with all its objects; nothing happens if there is none. */
  dropBucket(bucket: string): Promise<void>;
}

/** Opens the admin API; nothing is sent yet. Refused or unreachable is an unhealthy Failure. */
export function openMinioAdmin(root: MinioAddress, options: S3Options = {}): MinioAdmin {
  const ask: Ask = ({ action, ...rest }) => {
    // Signed as S3 requests are, below a path that no bucket can have.
    return send(root, { ...rest, bucket: 'minio', key: `admin/v3/${action}` }, options);
  };
  const keysOf = async (bucket: string) => {
    const group = await ask({ method: 'GET', action: 'group', query: { group: bucket } });
    const members: unknown = group?.['members'];
    return group && (Array.isArray(members) ? members.map(String) : []);
  };
  return {
    keysOf,
    async setKey(bucket, { accessKeyId, secretAccessKey }) {
      const user = JSON.stringify({ secretKey: secretAccessKey, status: 'enabled' });
      const body = await encryptForMinio(root.secretAccessKey, user);
      await Promise.all([
        ask({ method: 'PUT', action: 'add-user', query: { accessKey: accessKeyId }, body }),
        ask({ method: 'PUT', action: 'add-canned-policy', query: { name: bucket }, body: policyFor(bucket) }),
      ]);
      await changeMembers(ask, bucket, [accessKeyId], false);
      const query = { policyName: bucket, userOrGroup: bucket, isGroup: 'true' };
      await ask({ method: 'PUT', action: 'set-user-or-group-policy', query });
      const others = (await keysOf(bucket))?.filter((id) => id !== accessKeyId) ?? [];
      await removeUsers(ask, others);
    },
    async removeKeys(bucket) {
      const members = await keysOf(bucket);
      await removeUsers(ask, members ?? []);
      // Only a group that is empty goes away.
      if (members) await changeMembers(ask, bucket, [], true);
      await ask({ method: 'DELETE', action: 'remove-canned-policy', query: { name: bucket } });
    },
    async dropBucket(bucket) {
      await send(root, { method: 'DELETE', bucket, headers: { 'x-minio-force-delete': 'true' } }, options);
    },
  };
}

type Ask = (request: AdminRequest) => Promise<Mapping | undefined>;

interface AdminRequest extends Pick<S3Request, 'method' | 'body'> {
  readonly action: string;
  readonly query?: Readonly<Record<string, string>>;
}

function policyFor(bucket: string): string {
  const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource }] });
}

async function changeMembers(ask: Ask, group: string, members: readonly string[], isRemove: boolean): Promise<void> {
  const body = JSON.stringify({ group, members, isRemove, groupStatus: 'enabled' });
  await ask({ method: 'PUT', action: 'update-group-members', body });
}

async function removeUsers(ask: Ask, ids: readonly string[]): Promise<void> {
  for (const accessKey of ids) await ask({ method: 'DELETE', action: 'remove-user', query: { accessKey } });
}

/** The answer's JSON, which is often empty; undefined where what was asked for is not there. */
async function send(
  root: MinioAddress,
  { bucket, ...request }: S3Request & { readonly bucket: string },
  options: S3Options,
): Promise<Mapping | undefined> {
  try {
    const answer = await readText(await sendS3({ ...root, bucket }, request, options));
    const value: unknown = answer === '' ? {} : JSON.parse(answer);
    return isMapping(value) ? value : {};
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof S3Refusal && error.status === 404) return undefined;
    const { stage, reason } = s3FaultOf(error);
    const what = `MinIO at ${root.endpoint} did not do ${request.method} ${request.key ?? bucket} (${stage})`;
    throw new Failure('unhealthy', { what, why: reason, cause: error });
  }
}
