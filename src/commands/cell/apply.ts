import { applyBundle } from '../../cells/apply-bundle.ts';
import { readBundles } from '../../cells/read-bundles.ts';
import type { Context } from '../../context.ts';
import { selectCells } from '../../environment/select.ts';
import type { OutputFormat } from '../../report/result.ts';
import { type AppliedCell, noteSkipped, printApplied } from './applied.ts';

interface ApplyOptions {
  /** A GitOps folder of one or several cells, or one file. */
  readonly file: string;
  readonly context?: string;
  /** Cells of tier stable or prod that may be changed. */
  readonly confirm?: readonly string[];
  readonly output: OutputFormat;
}

/** `dk cell apply -f DIR`: brings cells to what a GitOps folder says. */
export async function cellApply(
  context: Context,
  { file, context: contextName, confirm: confirmed, output }: ApplyOptions,
): Promise<void> {
  const { bundles, skipped } = await readBundles(context.cwd, file);
  const cells = await selectCells(context, { contextName, writing: true, confirmed });
  const applied: AppliedCell[] = [];
  for (const bundle of bundles) {
    applied.push({ cell: bundle.cell.metadata.name, resources: await applyBundle(cells, bundle) });
  }
  await noteSkipped(context, skipped);
  await printApplied(context, output, applied);
}
