import { relative, resolve } from 'node:path';
import { bundleText, exportBundle, writeBundle } from '../../cells/export-bundle.ts';
import type { CellRepository } from '../../cells/repository.ts';
import { requireCell } from '../../cells/require-cell.ts';
import type { Context } from '../../context.ts';
import { selectCells } from '../../environment/select.ts';
import { printNote, printText } from '../../report/result.ts';

interface ExportOptions {
  readonly name: string;
  /** The folder of the cell, such as `cells/canary`; without it, YAML goes to stdout. */
  readonly to?: string;
  readonly context?: string;
}

/** `dk cell export`: a cell as kubectl and `dk cell apply` take it, without any secret value. */
export async function cellExport(
  context: Context,
  { name: text, to, context: contextName }: ExportOptions,
): Promise<void> {
  const cells = await selectCells(context, { contextName, writing: false });
  const cell = await requireCell(context, cells, text);
  const { bundle, cleared } = await exportBundle(cells, cell);
  if (to === undefined) await printText(context, bundleText(bundle));
  else {
    const files = await writeBundle(resolve(context.cwd, to), bundle);
    await printText(context, files.map((file) => `${relative(context.cwd, file)}\n`).join(''));
  }
  for (const field of cleared)
    await printNote(context, `${field} was a literal secret: a reference stands in its place`);
  await noteSecrets(context, cells, cell.metadata.name);
}

async function noteSecrets(context: Context, cells: CellRepository, cell: string): Promise<void> {
  const secrets = (await cells.secrets.list(cell)).filter(({ keys }) => keys.length > 0);
  if (secrets.length === 0) return;
  const names = secrets.map(({ secret, keys }) => `${secret} (${keys.join(', ')})`);
  await printNote(context, `Secrets are not exported; the other place needs its own: ${names.join(', ')}`);
}
