// Ratios against a baseline in the same run: interleaved, the first round dropped, median and p90.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const dk = join(root, 'dist/bin.js');
export const home = mkdtempSync(join(tmpdir(), 'dk-bench-'));
const only = process.argv[2];

/** Whether any row of this name is asked for. */
export const isWanted = (what) => !only || what.includes(only);

/** Runs programs and dk in a clean environment, so that a shell's own settings slow nobody down. */
export function shell(more) {
  const env = { PATH: process.env.PATH, HOME: home, XDG_STATE_HOME: join(home, 'state'), LANG: 'C.UTF-8', ...more };
  const execute = (file, args, options = {}) =>
    execFileSync(file, args, { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'], ...options })?.toString();
  return {
    env,
    execute,
    node: (...args) => execute(process.execPath, args),
    runDk: (...args) => execute(process.execPath, [dk, ...args]),
    dkIn: (cwd, ...args) => execute(process.execPath, [dk, ...args], { cwd }),
  };
}

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

/** The value below which this share of them lies. */
export const quantile = (values, q) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
};
const median = (values) => quantile(values, 0.5);

const results = [];

/** One row of the table: the subject against its baseline, as a ratio or as a difference in milliseconds. */
export function compare(what, { baseline, subject, rounds, bar, kind = 'ratio' }) {
  if (!isWanted(what)) return;
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

/** One row of the table that compares with nothing: one value, and what it may be at most. */
export function record(what, { value, bar, unit }) {
  if (!isWanted(what)) return;
  results.push({
    what,
    kind: unit,
    bar,
    baselineMs: null,
    subjectMs: null,
    median: value,
    p90: value,
    runs: 1,
    met: value <= bar,
  });
  console.error(`${what}: ${value.toFixed(2)} ${unit} (bar ${bar} ${unit})`);
}

/** Writes bench-results/ and prints the table. */
export function report() {
  const round = (value) => (value >= 100 ? Math.round(value) : Number(value.toFixed(2)));
  const lines = results.map(({ what, kind, baselineMs, subjectMs, median: middle, p90, bar, met, runs }) => {
    const unit = { ratio: '×', difference: 'ms' }[kind] ?? kind;
    const cells = [
      what,
      baselineMs === null ? '–' : `${round(baselineMs)} ms`,
      subjectMs === null ? '–' : `${round(subjectMs)} ms`,
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

/** Why no cluster can be made here; undefined where one can. */
export function whyNoCluster(execute) {
  for (const [program, ...args] of [
    ['docker', 'info'],
    ['k3d', 'version'],
    ['kubectl', 'version', '--client'],
  ]) {
    try {
      execute(program, args);
    } catch {
      return `${program} is not there, or does not answer`;
    }
  }
}
