import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Builds dist/, which tests of the whole program start, and gives tests a folder for what they want to report. */
export default function setup() {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  const facts = mkdtempSync(join(tmpdir(), 'dk-facts-'));
  process.env['DK_TEST_FACTS'] = facts;
  return () => rmSync(facts, { recursive: true, force: true });
}
