import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tells the closing paragraph of the test run that something real took part, such as `PostgreSQL: 17.10`. */
export function ranReal(what: string, version: string): void {
  const folder = process.env['DK_TEST_FACTS'];
  if (folder) writeFileSync(join(folder, encodeURIComponent(what)), version);
}

/** What `ranReal` was told by all tests, sorted. */
export function factsToldBy(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => `${decodeURIComponent(name)} ${readFileSync(join(folder, name), 'utf8')}`);
}
