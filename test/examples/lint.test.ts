import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { lintPackage } from '../../src/lint/lint-package.ts';

const folders = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const examples = folders.map((folder) => folder.name);

test('there are examples', () => {
  expect(examples).toContain('pg-to-s3');
});

test.each(examples)('%s has neither errors nor warnings', async (example) => {
  const directory = resolve('examples', example);
  expect(await lintPackage(directory, { cwd: directory })).toEqual([]);
});

test.each([
  ['daily-summary', 'pg-to-s3', 'connector/s3.yaml'],
  ['daily-summary', 'pg-to-s3', 'store/lake-raw.yaml'],
  ['pull-from-canary', 'pg-to-s3', 'connector/postgres.yaml'],
  ['pull-from-canary', 'pg-to-s3', 'store/warehouse.yaml'],
])('%s and %s have the same %s', (one, other, file) => {
  expect(readFileSync(resolve('examples', one, file), 'utf8')).toBe(
    readFileSync(resolve('examples', other, file), 'utf8'),
  );
});
