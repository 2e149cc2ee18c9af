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

// Both servers end what was not committed, so it is safe to leave at any moment.
process.once('SIGTERM', () => {
  console.error(`stopped; ${ours.table} only ever changes as a whole`);
  process.exit(143);
});

try {
  await Promise.all([source.connect(), target.connect()]);
  const rows = await copyRows({ source, target, from: theirs, to: ours, where: `magnitude >= ${minimum}` });
  const ms = Math.round(performance.now() - started);
  console.log(
    `${theirs.cell}/${theirs.table} -> ${ours.cell ?? 'here'}/${ours.table}: ${JSON.stringify({ rows, ms })}`,
  );
} finally {
  await Promise.all([source.end(), target.end()]);
}
