// The demo: one package, two cells, real rows. It has an environment of its own, and uses dk's own commands only.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { S3mini } from 's3mini';

const root = fileURLToPath(new URL('..', import.meta.url));
const dk = process.env.DK_TEST_ENTRY ?? fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const cells = ['local', 'canary'];
const folder = 'examples/pg-to-s3';
// On every machine the same, whatever is installed.
const env = { ...process.env, DK_ENV: 'demo', DK_ENGINE: 'embedded' };
const began = performance.now();

/** Runs dk in the package's folder; what goes wrong is shown as dk shows it, and ends the demo. */
async function run(...args) {
  try {
    return await promisify(execFile)(process.execPath, [dk, ...args], { cwd: root + folder, env, maxBuffer: 1 << 26 });
  } catch (error) {
    process.stderr.write(error.stderr ?? `${error}\n`);
    process.exit(typeof error.code === 'number' ? error.code : 1);
  }
}

const json = async (...args) => JSON.parse((await run(...args, '-o', 'json')).stdout);
const inEachCell = (work) => Promise.all(cells.map(work));

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows)
    console.log(
      `  ${row
        .map((value, column) => String(value).padEnd(widths[column]))
        .join('  ')
        .trimEnd()}`,
    );
}

console.log(
  'An environment with two cells: one PostgreSQL, one object store; a database, a bucket and keys for each cell\n',
);
const up = await run('dev', 'up', '--cell', 'canary', '--json-events');
const events = up.stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
const steps = events.filter(({ type }) => type === 'step-finished');
print(
  steps.map(({ title, outcome, milliseconds }) => [
    outcome === 'changed' ? '✔' : '=',
    title,
    `${Math.round(milliseconds)} ms`,
  ]),
);

console.log('\nWHAT × WHERE: the same package in both cells\n');
const variables = Object.fromEntries(
  await inEachCell(async (cell) => {
    await run('dev', 'seed', '--cell', cell);
    return [cell, JSON.parse((await run('env', '--cell', cell, '--format', 'json')).stdout)];
  }),
);
const told = await inEachCell(async (cell) =>
  JSON.parse((await run('run', '--cell', cell)).stdout.replace(/^.*?: /, '')),
);
print([
  ['PACKAGE', 'CELL', 'ROWS', 'BUCKET', 'OBJECTS', 'BYTES', 'MS'],
  ...cells.map((cell, index) => {
    const { DK_PACKAGE: name, DK_VERSION: version } = variables[cell];
    const { rows, objects, bytes, ms } = told[index];
    return [`${name} ${version}`, cell, rows, `dk-${cell}-lake`, objects, bytes, ms];
  }),
]);

console.log('\nThree rows of each source, beside the records that the package made of them\n');
const pairs = await inEachCell(async (cell) => {
  const { rows: records } = await json('data', 'head', 'lake-events', '--cell', cell, '-n', '3');
  const source = await rowsOf(
    variables[cell].DK_STORE_DSN_WAREHOUSE,
    records.map((record) => record.event_id),
  );
  return records.map((record) => {
    const row = source.find(({ event_id }) => event_id === record.event_id);
    const { event_id = 'MISSING', place = '' } = row ?? {};
    return [`dp_${cell}.raw_events`, event_id, place, `dk-${cell}-lake`, record.event_id, record.magnitude];
  });
});
print([['TABLE', 'EVENT_ID', 'PLACE', 'BUCKET', 'EVENT_ID', 'MAGNITUDE'], ...pairs.flat()]);

/** Asked of the database itself, by any Postgres client. */
async function rowsOf(dsn, ids) {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  const { rows } = await client.query('SELECT event_id, place FROM raw_events WHERE event_id = ANY($1)', [ids]);
  await client.end();
  return rows;
}

const { canary } = variables;
const bucket = new S3mini({
  endpoint: `${canary.AWS_ENDPOINT_URL_S3}/dk-local-lake`,
  region: canary.AWS_REGION,
  accessKeyId: canary.AWS_ACCESS_KEY_ID,
  secretAccessKey: canary.AWS_SECRET_ACCESS_KEY,
});
const answer = await bucket.listObjects().then(
  (found) => `OPENED IT (${found?.length} objects): this is a fault`,
  (error) => `refused: ${error.serviceCode ?? error.code ?? error.message}`,
);
console.log(`\ncanary's key on the bucket of cell local → ${answer}`);

console.log(`
Go on from here, in ${folder}:
  npx dk run --cell canary --dry-run --context demo
  npx dk data head lake-events --cell canary -n 3 --context demo
  npx dk cell show canary --context demo
  npx dk dev status --env demo
Remove it all:
  npx dk dev down --delete --yes --env demo

${((performance.now() - began) / 1000).toFixed(1)} s`);
