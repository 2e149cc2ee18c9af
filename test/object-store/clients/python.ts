import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { environmentOf, type Outcome, type Outcomes } from './outcome.ts';
import type { S3Server } from './servers.ts';

const named = process.env['DK_TEST_PYTHON'] ?? 'python3';
// Programs run in folders of their own.
const python = named.includes('/') ? resolve(named) : named;

/** Why a program that imports these modules cannot be run here, or undefined. */
export function missingModules(modules: readonly string[]): string | undefined {
  const script = `import sys; from importlib.util import find_spec
print(' '.join(name for name in sys.argv[1:] if find_spec(name) is None), end='')`;
  const { status, stdout } = spawnSync(python, ['-c', script, ...modules], { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) return `there is no ${python}`;
  return stdout === '' ? undefined : `${python} has no ${stdout}: see requirements.txt, and DK_TEST_PYTHON`;
}

/** Runs a client's program, which tells of each case in a line of JSON. */
export async function runPython(program: string, server: S3Server): Promise<Outcomes> {
  const home = mkdtempSync(join(tmpdir(), 'dk-python-'));
  try {
    const { stdout } = await promisify(execFile)(python, ['-B', join(import.meta.dirname, program)], {
      cwd: home,
      env: environmentOf(server, home),
      timeout: 120_000,
      killSignal: 'SIGKILL',
      maxBuffer: 16 * 1024 ** 2,
    });
    return new Map(stdout.trimEnd().split('\n').map(parseLine));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function parseLine(line: string): [id: string, outcome: Outcome] {
  const { case: id, ok, detail } = JSON.parse(line) as { case: string; ok: boolean; detail: string };
  return [id, ok ? {} : { error: new Error(detail) }];
}
