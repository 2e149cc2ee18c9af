import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileCells } from '../../src/cells/files.ts';
import type { Probe } from '../../src/cells/sparing-probe.ts';

/** An empty repository of files in a folder of its own, which `close` removes. */
export async function openTemporary(probe?: Probe) {
  const root = await mkdtemp(join(tmpdir(), 'dk-cells-'));
  const layout = {
    where: 'environment local',
    directory: join(root, 'cells'),
    secretsDirectory: join(root, 'secrets'),
  };
  const cells = openFileCells({ ...layout, ...(probe ? { probe } : {}) });
  return { root, ...layout, cells, close: () => rm(root, { recursive: true, force: true }) };
}
