import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { requireConfirmed } from '../cells/confirmed.ts';
import type { CellRepository } from '../cells/repository.ts';
import type { Context } from '../context.ts';
import type { Environment } from '../environment/environment.ts';
import { meantEnvironment, runningEnvironment, selectCells } from '../environment/select.ts';
import type { Reach } from '../resolve/address.ts';
import type { Where } from '../resolve/resolve.ts';

/** Which cell and which cluster a command was told. */
export interface WhereFlags {
  readonly cell?: string | undefined;
  /** `--context`. */
  readonly context?: string | undefined;
  /** `--confirm`. */
  readonly confirm?: readonly string[];
}

/** Where a package is to run, and which environment of ours that is, if it is one and it is up. */
export interface OpenedWhere extends Where {
  readonly environment: Environment | undefined;
}

/** Where a package is to run, as the flags and the local environment say. */
export async function openWhere(
  context: Context,
  packageDirectory: string,
  flags: WhereFlags,
  reach: Reach = 'host',
): Promise<OpenedWhere> {
  let opened: Promise<CellRepository> | undefined;
  const name = await meantEnvironment(context, flags.context);
  const local = name === undefined ? undefined : await runningEnvironment(context, name);
  const localCells = local?.cells.snapshot();
  const cells = () => {
    opened ??= localCells ? Promise.resolve(localCells) : openCells(context, flags).then((found) => found.snapshot());
    return opened;
  };
  // A name that there is not is refused, whether a cell is asked for or not.
  if (flags.context !== undefined && !local) await cells();
  return {
    cell: flags.cell,
    cells,
    keys: { env: context.env, dotEnv: await readDotEnv(packageDirectory), local: localCells },
    reach,
    program: context.program,
    environment: local,
  };
}

/** A run writes into its cell: outside our environments, one of tier stable or prod has to be confirmed. */
async function openCells(context: Context, { context: contextName, cell, confirm = [] }: WhereFlags) {
  const cells = await selectCells(context, { contextName, writing: true, confirmed: confirm });
  const outside = contextName !== undefined && (await meantEnvironment(context, contextName)) === undefined;
  if (outside && cell !== undefined) await requireConfirmed(cells, cell, confirm);
  return cells;
}

async function readDotEnv(directory: string): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return parseEnv(await readFile(join(directory, '.env'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
