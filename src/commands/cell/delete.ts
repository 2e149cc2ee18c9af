import { isMadeByEnvironment } from '../../cells/ownership.ts';
import { requireCell } from '../../cells/require-cell.ts';
import type { Context } from '../../context.ts';
import { selectCells } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import { confirm } from '../../report/prompt.ts';
import { printNote } from '../../report/result.ts';

interface DeleteOptions {
  readonly name: string;
  readonly yes: boolean;
  readonly context?: string;
  /** The cell, where it is of tier stable or prod. */
  readonly confirm?: readonly string[];
}

/** `dk cell delete`: removes a cell with all that it holds, but none for which an environment keeps a database. */
export async function cellDelete(
  context: Context,
  { name: text, yes, context: contextName, confirm: confirmed }: DeleteOptions,
): Promise<void> {
  const cells = await selectCells(context, { contextName, writing: true, confirmed });
  const cell = await requireCell(context, cells, text);
  const { name } = cell.metadata;
  if (isMadeByEnvironment(cell)) throw madeByUp(context, name, contextName);
  const stores = (await cells.stores(name)).length;
  const secrets = (await cells.secrets.list(name)).length;
  const question = `Delete cell ${name} of ${cells.where}, with ${stores} Stores and ${secrets} Secrets?`;
  if (!yes && !(await confirm(context, question))) throw new Failure('usage', { what: 'Nothing was deleted' });
  await cells.deleteCell(name);
  await printNote(context, `Cell ${name} is deleted`);
}

function madeByUp(context: Context, name: string, environment: string | undefined): Failure {
  const where = environment === undefined ? '' : ` --env ${environment}`;
  return new Failure('refused', {
    what: `Cell ${name} was made by "dev up"`,
    why: 'Its database and bucket would stay behind',
    next: `${context.program} dev down --delete --cell ${name}${where}`,
  });
}
