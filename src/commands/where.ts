import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { CellRepository } from '../cells/repository.ts';
import type { Context } from '../context.ts';
import { environmentName } from '../environment/names.ts';
import { needEnvironment, runningEnvironment, selectCells } from '../environment/select.ts';
import type { Reach } from '../resolve/address.ts';
import type { Where } from '../resolve/resolve.ts';

/** Which cell and which cluster a command was told. */
export interface WhereFlags {
  readonly cell?: string | undefined;
  /** `--context`. */
  readonly context?: string | undefined;
}

/** Where a package is to run, as the flags and the local environment say. */
export async function openWhere(
  context: Context,
  packageDirectory: string,
  flags: WhereFlags,
  reach: Reach = 'host',
): Promise<Where> {
  let cells: Promise<CellRepository> | undefined;
  if (flags.context !== undefined) await needEnvironment(context, environmentName(context, flags.context));
  const local = await runningEnvironment(context, flags.context);
  return {
    cell: flags.cell,
    cells: () => (cells ??= selectCells(context, { contextName: flags.context, writing: true })),
    keys: { env: context.env, dotEnv: await readDotEnv(packageDirectory), local: local?.cells },
    reach,
    program: context.program,
  };
}

async function readDotEnv(directory: string): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return parseEnv(await readFile(join(directory, '.env'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
