import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import type { Home } from './dk.ts';

// The SDK warns on Node 20; the variable is its own switch for that.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** A cell's credentials, as `dk env` prints them in a package's folder. */
export type Variables = Readonly<Record<string, string>>;

export async function variablesOf(home: Home, cell: string, packageFolder: string): Promise<Variables> {
  const ran = await home.dk(['env', '--cell', cell, '--format', 'json'], { cwd: packageFolder });
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Variables;
}

/** The AWS SDK with a cell's own key. */
export function s3Of(variables: Variables): S3Client {
  return new S3Client({
    endpoint: variables['AWS_ENDPOINT_URL_S3'] ?? '',
    region: variables['AWS_REGION'] ?? '',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
}

/** Every record of every NDJSON object below a prefix. */
export async function recordsIn(s3: S3Client, bucket: string, prefix: string): Promise<Record<string, unknown>[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  const texts = await Promise.all(
    Contents.map(async ({ Key = '' }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    }),
  );
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );
}

/** The rows of one query, through a plain Postgres client. */
export async function query(dsn: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
