import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { Chart } from '../../../src/package/chart/chart.ts';
import { makeChart, type Release } from '../../../src/package/chart/make-chart.ts';
import { loadValidPackage } from '../../../src/package/load.ts';
import { fixture } from '../../lint/temporary.ts';

/** The chart of a fixture, or of the package in an absolute folder. */
export async function chartOf(directory: string, release: Partial<Release> = {}): Promise<Chart> {
  const pkg = await loadValidPackage(directory.startsWith('/') ? directory : fixture(directory), { cwd: '/' });
  return makeChart(pkg, { version: '1.2.4-g29aef00', created: new Date('2026-11-23T03:09:14Z'), ...release });
}

/** Folders for charts; they are gone after the tests of the file. */
export function chartFolders() {
  const root = mkdtempSync(join(tmpdir(), 'dk-charts-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return {
    write({ name, files }: Chart): string {
      const folder = join(mkdtempSync(join(root, 'chart-')), name);
      for (const { path, text } of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      return folder;
    },
    file(name: string, content: string | Buffer): string {
      const path = join(mkdtempSync(join(root, 'file-')), name);
      writeFileSync(path, content);
      return path;
    },
  };
}

/** Ends the title of tests that are skipped without Helm; empty where it is on PATH. */
export const withoutHelm = hasHelm() ? '' : ' (no helm on PATH)';

function hasHelm(): boolean {
  try {
    execFileSync('helm', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What Helm prints; throws with its words when it refuses. */
export function helm(...args: readonly string[]): string {
  return execFileSync('helm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
