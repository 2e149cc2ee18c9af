// The object store against a real MinIO: same run, same client, same file system, in turn.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isWanted, quantile, record, root } from './measure.mjs';
import { minioVersion, startMinio, startOurs } from './object-store-servers.mjs';

const mib = 1024 ** 2;
/** At most so long goes on what is measured at once. */
const seconds = 1.5;
/** How often each server is measured in each case, in the order A B B A A B …; an even number. */
const samples = 4;
/** How much more time than MinIO's it may take. */
const bar = 2;
const readKeys = 64;
const listedKeys = 10_000;
const large = { key: 'large', parts: 64, partSize: 16 * mib, connections: 4 };

/** Each case with its rate: how many of what a second. */
const cases = [
  ...[4096, mib].flatMap((size) =>
    [1, 32].flatMap((connections) => [
      {
        what: `object store: put ${nameOf(size, connections)}`,
        unit: size < mib ? 'requests/s' : 'MiB/s',
        // Under a prefix of its own each time: new objects, as most are.
        load: (sample) => ({
          load: 'put',
          prefix: `put-${size}-${connections}-${sample}/`,
          ...{ size, connections, seconds, count: size < mib ? 8000 : 500 },
        }),
      },
      {
        what: `object store: get ${nameOf(size, connections)}`,
        unit: size < mib ? 'requests/s' : 'MiB/s',
        before: { load: 'put', prefix: `read-${size}/`, size, connections: 8, count: readKeys },
        load: () => ({
          load: 'get',
          prefix: `read-${size}/`,
          ...{ size, connections, seconds, keys: readKeys, count: size < mib ? 15_000 : 3000 },
        }),
      },
    ]),
  ),
  {
    what: 'object store: list 10,000 keys in pages of 1,000',
    unit: 'requests/s',
    before: { load: 'put', prefix: 'listed/', size: 1, connections: 32, count: listedKeys },
    load: () => ({ load: 'list', prefix: 'listed/', keys: listedKeys, seconds }),
  },
  { what: 'object store: 1 GiB up in parts, 4 connections', unit: 'MiB/s', load: () => ({ load: 'upload', ...large }) },
  {
    what: 'object store: 1 GiB down in ranges, 4 connections',
    unit: 'MiB/s',
    before: { load: 'upload', ...large },
    load: () => ({ load: 'download', ...large }),
  },
];

function nameOf(size, connections) {
  return `${size < mib ? `${size / 1024} KiB` : `${size / mib} MiB`}, ${connections} connection${connections > 1 ? 's' : ''}`;
}

/** All wanted rows, and a table of their own; `DK_BENCH_BASELINE` names another build of dk to measure against. */
export async function benchObjectStore() {
  const wanted = cases.filter(({ what }) => isWanted(what));
  if (wanted.length === 0) return;
  const other = process.env.DK_BENCH_BASELINE;
  const baseline = other ? 'another build' : minioVersion();
  if (baseline === undefined) return console.error('object store rows are left out: no minio is on PATH');
  const client = startClient();
  const servers = [];
  try {
    servers.push(await startOurs('dk'));
    servers.push(other ? await startOurs('baseline', other) : await startMinio('MinIO'));
    for (const server of servers) await client.run(server, { load: 'makeBucket' });
    const rows = [];
    for (const one of wanted) rows.push(await measure(client, servers, one));
    writeTable(rows, baseline);
  } finally {
    client.stop();
    for (const server of servers) await server.stop();
  }
}

function startClient() {
  const child = fork(fileURLToPath(new URL('object-store-client.mjs', import.meta.url)), { serialization: 'advanced' });
  return {
    async run(server, load) {
      child.send({ port: server.port, bucket: 'bench', ...load });
      const [{ result, error }] = await once(child, 'message');
      if (error) throw new Error(`${server.name}: ${error}`);
      return result;
    },
    stop: () => child.disconnect(),
  };
}

/** One row: ratios of the samples that lie next to each other, latencies of all of them. */
async function measure(client, [ours, baseline], { what, unit, before, load }) {
  const taken = new Map([ours, baseline].map((server) => [server, []]));
  if (before) for (const server of taken.keys()) await client.run(server, before);
  for (let sample = 0; sample < samples; sample++) {
    const turn = sample % 2 === 0 ? [ours, baseline] : [baseline, ours];
    for (const server of turn) taken.get(server).push(await takeSample(client, server, load(sample)));
  }
  const rate = ({ latencies, seconds, bytes }) => (unit === 'MiB/s' ? bytes / mib : latencies.length) / seconds;
  const ratios = taken.get(ours).map((sample, index) => rate(sample) / rate(taken.get(baseline)[index]));
  const ratio = middle(ratios);
  record(`${what}, time over ${baseline.name}'s`, { value: 1 / ratio, bar, unit: '×' });
  const sides = [...taken].map(([{ name }, all]) => ({ name, ...summary(all, rate) }));
  return { what: what.replace('object store: ', ''), unit, ratio, ratios, sides };
}

/** Between the two in the middle, as their number is even. */
function middle(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return (sorted[values.length / 2 - 1] + sorted[values.length / 2]) / 2;
}

async function takeSample(client, server, load) {
  server.resetPeak();
  const before = server.cpu();
  const sample = await client.run(server, load);
  return { ...sample, serverCpu: server.cpu() - before, peak: server.peak() };
}

function summary(samples, rate) {
  const latencies = samples.flatMap((sample) => sample.latencies);
  const sum = (of) => samples.reduce((total, sample) => total + of(sample), 0);
  return {
    rate: middle(samples.map(rate)),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    /** Milliseconds of CPU a request. */
    cpu: (sum(({ serverCpu }) => serverCpu) / latencies.length) * 1000,
    /** Of one core. */
    clientShare: sum(({ clientCpu }) => clientCpu) / sum(({ seconds }) => seconds),
    peak: Math.max(...samples.map(({ peak }) => peak)),
  };
}

/** Writes bench-results/object-store.{md,json} and prints the table. */
function writeTable(rows, baseline) {
  const { version, versions } = process;
  const machine = `Node ${version}, ${cpus().length} × ${cpus()[0]?.model}, OpenSSL ${versions.openssl}; against ${baseline}`;
  const [ours, theirs] = rows[0].sides.map(({ name }) => name);
  const header = [
    'what',
    'rate',
    `${ours} / ${theirs}`,
    'p50 ms',
    'p99 ms',
    'CPU ms a request',
    'peak MiB',
    'client CPU',
  ];
  const pair = (row, of) => row.sides.map((side) => short(of(side))).join(' / ');
  const lines = rows.map((row) => [
    row.what,
    `${pair(row, ({ rate }) => rate)} ${row.unit}`,
    `${short(row.ratio)} × (${short(Math.min(...row.ratios))}–${short(Math.max(...row.ratios))})`,
    pair(row, ({ p50 }) => p50),
    pair(row, ({ p99 }) => p99),
    pair(row, ({ cpu }) => cpu),
    pair(row, ({ peak }) => peak / mib),
    row.sides.map(({ clientShare }) => `${Math.round(clientShare * 100)} %`).join(' / '),
  ]);
  const table = [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  const text = [machine, '', ...table, ''].join('\n');
  mkdirSync(join(root, 'bench-results'), { recursive: true });
  writeFileSync(join(root, 'bench-results/object-store.md'), text);
  writeFileSync(join(root, 'bench-results/object-store.json'), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  console.log(text);
}

function short(value) {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(2));
}
