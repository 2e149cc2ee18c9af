import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a source is newer than what was built of it. */
function isStale(): boolean {
  if (!existsSync('dist/bin.js')) return true;
  const built = statSync('dist/bin.js').mtimeMs;
  const sources = [
    ...readdirSync('src', { recursive: true, encoding: 'utf8' }).map((name) => `src/${name}`),
    'scripts/build.mjs',
  ];
  return sources.some((name) => statSync(name).mtimeMs > built);
}

/** Builds dist/, which tests of the whole program start, and gives tests a folder for what they want to report. */
export default function setup() {
  if (isStale()) execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  const facts = mkdtempSync(join(tmpdir(), 'dk-facts-'));
  process.env['DK_TEST_FACTS'] = facts;
  return () => rmSync(facts, { recursive: true, force: true });
}
