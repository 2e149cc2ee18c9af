import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Builds the program into a folder of this run's own, which tests of the whole program start, and makes a folder for
 * what tests want to report. The build lies below node_modules, so that it finds PostgreSQL's binaries there.
 */
export default function setup() {
  const build = resolve('node_modules/.cache', `dk-test-${process.pid}`);
  execFileSync(process.execPath, ['scripts/build.mjs', build], { stdio: 'inherit' });
  const facts = mkdtempSync(join(tmpdir(), 'dk-facts-'));
  process.env['DK_TEST_ENTRY'] = join(build, 'bin.js');
  process.env['DK_TEST_FACTS'] = facts;
  return () => {
    for (const folder of [build, facts]) rmSync(folder, { recursive: true, force: true });
  };
}
