// Replaces a table of this cell by the rows of another cell's, as one transaction on each side.
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { copyRows } from './copy.mjs';

const started = performance.now();
const { inputs, outputs } = JSON.parse(await readFile(process.env.DK_RUN_SPEC, 'utf8'));
const [theirs] = inputs;
const [ours] = outputs;
const minimum = Number(process.env.MIN_MAGNITUDE || 0);
if (Number.isNaN(minimum)) throw new Error(`MIN_MAGNITUDE is no number: ${process.env.MIN_MAGNITUDE}`);

// The same Store name, two cells: the spec holds the connection of each.
const source = new pg.Client({ connectionString: theirs.dsn });
const target = new pg.Client({ connectionString: ours.dsn });

let stopped = false;
process.once('SIGTERM', () => {
  stopped = true;
  source.end(); // the copy fails, the transaction is not committed
  target.end();
});

try {
  await Promise.all([source.connect(), target.connect()]);
  const rows = await copyRows({ source, target, from: theirs, to: ours, where: `magnitude >= ${minimum}` });
  const ms = Math.round(performance.now() - started);
  console.log(`${theirs.cell}/${theirs.table} -> ${ours.cell ?? 'here'}/${ours.table}: ${JSON.stringify({ rows, ms })}`);
} catch (error) {
  if (!stopped) throw error;
  console.error(`stopped: ${ours.table} is as it was`);
  process.exitCode = 143;
} finally {
  await Promise.all([source.end(), target.end()]);
}
