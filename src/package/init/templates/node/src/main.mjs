// Reads the orders of the lake, writes the revenue of each day. Node is all it needs.
import { readFile } from 'node:fs/promises';
import { dailyRevenue } from './revenue.mjs';
import { openFolder } from './s3.mjs';

const started = performance.now();
const { inputs, outputs } = JSON.parse(await readFile(process.env.DK_RUN_SPEC, 'utf8'));
const [orders, revenue] = [inputs[0], outputs[0]].map((port) =>
  openFolder(port.fields.bucket, [port.fields.prefix, port.prefix]),
);

const names = await orders.list();
const days = await dailyRevenue(readRows(orders, names));
await revenue.put('daily-revenue.ndjson', days.map((day) => `${JSON.stringify(day)}\n`).join(''));

const counts = { objects: names.length, days: days.length, ms: Math.round(performance.now() - started) };
console.log(`${inputs[0].dataset} -> ${outputs[0].dataset}: ${JSON.stringify(counts)}`);
if (names.length === 0) console.log('There are no orders yet: `dk dev seed` loads some.');

async function* readRows(folder, names) {
  for (const name of names) for await (const line of folder.lines(name)) yield JSON.parse(line);
}
