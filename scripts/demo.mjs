// The demo: one package, two cells, real rows. It has an environment of its own, and uses dk's own commands only.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { S3mini } from 's3mini';

const root = fileURLToPath(new URL('..', import.meta.url));
const dk = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const cells = ['local', 'canary'];
const folder = 'examples/pg-to-s3';
// Hints are printed in the form that works in a clone.
const env = { ...process.env, DK_ENV: 'demo', npm_command: 'exec' };

/** Runs dk in the package's folder; what goes wrong is shown as dk shows it, and ends the demo. */
async function run(...args) {
  try {
    return await promisify(execFile)(process.execPath, [dk, ...args], { cwd: root + folder, env, maxBuffer: 1 << 26 });
  } catch (error) {
    process.stderr.write(error.stderr ?? `${error}\n`);
    process.exit(error.code ?? 1);
  }
}

const json = async (...args) => JSON.parse((await run(...args, '-o', 'json')).stdout);
const inEachCell = (work) => Promise.all(cells.map(work));
const milliseconds = (since) => `${Math.round(performance.now() - since)} ms`;

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const line = (row) => row.map((value, column) => String(value).padEnd(widths[column])).join('  ');
  return rows.map((row) => `  ${line(row).trimEnd()}`).join('\n');
}

const began = performance.now();
console.log(
  '1. An environment with two cells: a PostgreSQL and an object store, a database and a bucket for each cell\n',
);
const up = await run('dev', 'up', '--cell', 'canary');
console.log(up.stderr.trimEnd().replace(/^/gm, '  '));

console.log('\n2. Real rows into both cells, then the same package in both: WHAT × WHERE\n');
await inEachCell((cell) => run('dev', 'seed', '--cell', cell));
const runs = await inEachCell(async (cell) => {
  const since = performance.now();
  await run('run', '--cell', cell);
  return { cell, took: milliseconds(since), lake: await json('data', 'ls', 'lake-events', '--cell', cell) };
});
