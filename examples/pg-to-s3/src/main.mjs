// Copies a table to S3 as NDJSON, one folder a day. A run replaces what an earlier run wrote.
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { S3mini } from 's3mini';
import { readEvents } from './events.mjs';
import { isPart, toParts } from './parts.mjs';

const started = performance.now();
const { env } = process;
const { inputs, outputs } = JSON.parse(await readFile(env.DK_RUN_SPEC, 'utf8'));
const [raw] = inputs;
const [lake] = outputs;

const warehouse = new pg.Client({ connectionString: env.DK_STORE_DSN_WAREHOUSE });
const endpoint = env.AWS_ENDPOINT_URL_S3 ?? `https://s3.${env.AWS_REGION}.amazonaws.com`;
const bucket = new S3mini({
  endpoint: `${endpoint}/${lake.fields.bucket}`,
  region: env.AWS_REGION,
  accessKeyId: env.AWS_ACCESS_KEY_ID,
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
});
const folder = [lake.fields.prefix, lake.prefix].filter(Boolean).join('/').replace(/\/*$/, '/');
const written = { rows: 0, bytes: 0, keys: new Set() };

// Objects appear whole or not at all, so it is safe to leave at any moment.
process.once('SIGTERM', () => {
  console.error(`stopped after ${written.keys.size} objects; the next run completes them`);
  process.exit(143);
});

await warehouse.connect();
try {
  for await (const part of toParts(readEvents(warehouse, raw.table, lake.schema))) {
    const key = folder + part.name;
    await bucket.putObject(key, part.lines.join(''), 'application/x-ndjson');
    written.keys.add(key);
    written.rows += part.lines.length;
    written.bytes += part.bytes;
  }
} finally {
  await warehouse.end();
}
const removed = await removeLeftovers();
const summary = { rows: written.rows, objects: written.keys.size, removed, bytes: written.bytes };
const ms = Math.round(performance.now() - started);
console.log(`${raw.dataset} -> ${lake.dataset}: ${JSON.stringify({ ...summary, ms })}`);

/** Days that are no longer in the table, and parts that a day no longer needs; other people's objects stay. */
async function removeLeftovers() {
  const found = (await bucket.listObjects('/', folder)) ?? [];
  const leftovers = found
    .map(({ Key }) => Key)
    .filter((key) => isPart(key.slice(folder.length)) && !written.keys.has(key));
  if (leftovers.length === 0) return 0;
  const outcomes = await bucket.deleteObjects(leftovers);
  if (!outcomes.every(Boolean)) throw new Error(`not all of these could be deleted: ${leftovers.join(', ')}`);
  return leftovers.length;
}
