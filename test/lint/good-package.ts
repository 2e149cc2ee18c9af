import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { applyRules } from '../../src/lint/apply-rules.ts';
import type { Facts } from '../../src/lint/facts.ts';
import { subjectOf } from '../../src/lint/lint-package.ts';
import { packageRules } from '../../src/lint/package-rules.ts';
import { parseManifests } from '../../src/manifest/parse.ts';
import type { Problem } from '../../src/manifest/problem.ts';

const folder = new URL('../fixtures/packages/good-node/', import.meta.url);
const files = [
  'dk.yaml',
  'dataset/orders.yaml',
  'dataset/revenue.yaml',
  'store/warehouse.yaml',
  'store/lake-raw.yaml',
] as const;

/** One change of a good package: in a file, a text becomes another; a file of a new name is added. */
export interface Change {
  readonly file: string;
  readonly from?: string;
  readonly to: string;
}

/** What the rules say of the good package after some changes. */
export function judge(changes: readonly Change[], facts: Partial<Facts> = {}): readonly Problem[] {
  const texts = new Map<string, string>(files.map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]));
  for (const { file, from, to } of changes) {
    const text = texts.get(file) ?? '';
    if (from !== undefined) expect(text, `${file} was expected to hold ${from}`).toContain(from);
    texts.set(file, from === undefined ? text + to : text.replace(from, to));
  }
  const parsed = [...texts].map(([file, text]) => parseManifests(text, file));
  const manifests = parsed.flatMap((file) => [...file.manifests, ...file.salvaged]);
  const subject = subjectOf(manifests, new Set(), { existing: new Set(['src/main.mjs']), dotEnv: 'absent', ...facts });
  return applyRules(
    packageRules,
    subject,
    parsed.flatMap(({ problems }) => problems),
  );
}
