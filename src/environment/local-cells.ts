import { join } from 'node:path';
import { openFileCells } from '../cells/files.ts';
import type { CellRepository } from '../cells/repository.ts';
import type { Context } from '../context.ts';
import { storeProbe } from '../data/check-store.ts';
import { parseMemory } from './parse-memory.ts';
import { type EnvironmentRecord, environmentDirectory } from './state.ts';

/** The cells of an embedded environment: files in the GitOps layout. */
export function openLocalCells(context: Context, record: EnvironmentRecord): CellRepository {
  const directory = environmentDirectory(context, record.name);
  const cells: CellRepository = openFileCells({
    where: `environment ${record.name}`,
    directory: join(directory, 'cells'),
    secretsDirectory: join(directory, 'secrets'),
    probe: storeProbe(() => cells),
    parse: parseMemory(context, record.name),
  });
  return cells;
}
