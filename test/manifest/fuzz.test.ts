import { expect, test } from 'vitest';
import { parseManifests } from '../../src/manifest/parse.ts';
import { problemText } from '../../src/manifest/problem.ts';
import { writeManifests } from '../../src/manifest/write.ts';

const seeds = [
  `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Transform
metadata: { name: pg-to-s3, version: 1.2.4, labels: { a: b } }
spec:
  runtime: generic-node
  inputs: [{ dataset: raw, cell: cell-us-east }]
  outputs:
    - tags: { tier: "gold" }
  env: &env
    - name: A
      value: |
        long
        text
  trigger: { policy: schedule, schedule: { cron: "0 */6 * * *" } }
`,
  `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Store
metadata:
  name: warehouse
spec:
  connector: postgres
  connection: { connection_string: "postgresql://h:5432/db", port: 5432 }
  secrets:
    password: \${PG_PASS}
---
apiVersion: v1
kind: Namespace
metadata: &m
  name: 'dk-x'
other: *m
`,
  `apiVersion: datakit.infoblox.dev/v1alpha1
kind: DataSet
metadata:
  name: raw
spec:
  store: warehouse
  table: raw
  schema:
    - { name: id, type: integer, pii: true }
  dev: { seed: { inline: [{ id: 1, x: null, y: 1e400 }], profiles: { p: { file: data.csv } } } }
`,
];

const splinters =
  `: |- |? |[|]|{|}|,|#|&a |*a|!!set |!x |\t|\n|\r\n|\n---\n|\n...\n|"|'|\\|\u0000|\uFEFF|\u2028|\uD800|__proto__: {polluted: 1}|constructor: {prototype: {polluted: 1}}|<<: *a|%YAML 1.1\n---\n|@|\`|.inf|0x|~|null|status: |${'['.repeat(80)}|${'a: '.repeat(9)}|${'z'.repeat(2000)}`.split(
    '|',
  );

test('2,000 mutated documents neither crash nor hang nor reach a prototype', { timeout: 120_000 }, () => {
  const random = generator(20_261_123);
  const counts = { manifests: 0, others: 0, problems: 0 };
  for (let run = 0; run < 2000; run++) {
    const text = mutate(seeds[run % seeds.length] ?? '', random);
    const { manifests, others, salvaged, problems } = parseManifests(text, 'fuzz.yaml');
    for (const { value } of [...manifests, ...others, ...salvaged]) expectPlain(value, text);
    for (const problem of problems) expect(problemText(problem)).toMatch(/^fuzz\.yaml:[1-9]\d*:[1-9]\d* \S/);
    expectRoundTrip(manifests.map(({ value }) => value));
    counts.manifests += manifests.length;
    counts.others += others.length;
    counts.problems += problems.length;
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  // Mutations that break everything, or nothing, would test little.
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(100);
});

function expectRoundTrip(values: Parameters<typeof writeManifests>[0]) {
  const again = parseManifests(writeManifests(values), 'again.yaml');
  expect(again.manifests.map(({ value }) => value)).toEqual(values);
}

/** JSON keeps plain data as it is, and nothing else; what contains itself would throw. */
function expectPlain(value: unknown, text: string) {
  expect(JSON.parse(JSON.stringify(value)), text).toStrictEqual(value);
}

function mutate(text: string, random: (below: number) => number): string {
  let mutated = text;
  for (let count = random(5); count >= 0; count--) mutated = mutateOnce(mutated, random);
  return mutated;
}

function mutateOnce(text: string, random: (below: number) => number): string {
  const from = random(text.length);
  const to = from + random(12);
  const piece = text.slice(random(text.length)).slice(0, random(60));
  switch (random(5)) {
    case 0:
      return text.slice(0, from) + text.slice(to);
    case 1:
      return text.slice(0, from) + splinters[random(splinters.length)] + text.slice(from);
    case 2:
      return text.slice(0, from) + piece + text.slice(to);
    case 3:
      return text.slice(0, from) + String.fromCharCode(random(256)) + text.slice(from + 1);
    default: {
      const lines = text.split('\n');
      const [line = ''] = lines.splice(random(lines.length), 1);
      lines.splice(random(lines.length), 0, ' '.repeat(random(3)) + line);
      return lines.join('\n');
    }
  }
}

/** mulberry32: the same documents on every machine. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
