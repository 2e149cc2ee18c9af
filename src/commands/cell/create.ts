import { applyBundle, renameBundle } from '../../cells/apply-bundle.ts';
import type { FoundBundle } from '../../cells/bundle.ts';
import { inContext } from '../../cells/hints.ts';
import { parseCellName } from '../../cells/names.ts';
import { readBundles } from '../../cells/read-bundles.ts';
import type { CellRepository } from '../../cells/repository.ts';
import type { Context } from '../../context.ts';
import { selectCells } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import { apiVersion } from '../../manifest/api-version.ts';
import { type OutputFormat, printNote } from '../../report/result.ts';
import { noteSkipped, printApplied } from './applied.ts';

interface CreateOptions {
  readonly name: string;
  /** A GitOps folder with one cell, which is taken over under the new name. */
  readonly from?: string;
  readonly context?: string;
  /** The cell, where it will be of tier stable or prod. */
  readonly confirm?: readonly string[];
  readonly output: OutputFormat;
}

/** `dk cell create`: a bare cell, or a copy of one in a GitOps folder; never over a cell that is there. */
export async function cellCreate(context: Context, options: CreateOptions): Promise<void> {
  const name = parseCellName(options.name);
  const bundle = options.from === undefined ? bareBundle(name) : await readOne(context, options.from, name);
  const { context: contextName, confirm: confirmed } = options;
  const cells = await selectCells(context, { contextName, writing: true, confirmed });
  if (await cells.get(name)) throw alreadyThere(context, name, cells);
  await printApplied(context, options.output, [{ cell: name, resources: await applyBundle(cells, bundle) }]);
  // Elsewhere, dk has no database to offer.
  if (bundle.stores.length > 0 || contextName !== undefined) return;
  await printNote(
    context,
    `It has no Stores; a database and a bucket come with: ${context.program} dev up --cell ${name}`,
  );
}

function bareBundle(name: string): FoundBundle {
  const cell = { apiVersion, kind: 'Cell' as const, metadata: { name }, spec: { namespace: `dk-${name}` } };
  return { cell, stores: [], secrets: [], configMaps: [] };
}

async function readOne(context: Context, from: string, name: string): Promise<FoundBundle> {
  const { bundles, skipped } = await readBundles(context.cwd, from);
  const [bundle] = bundles;
  if (!bundle || bundles.length > 1) {
    throw new Failure('usage', {
      what: `${from} holds several cells, and one is to become ${name}`,
      why: `They are ${bundles.map(({ cell }) => cell.metadata.name).join(', ')}`,
      next: `Name the folder of one of them: ${context.program} cell create ${name} --from ${from}/${bundle?.cell.metadata.name}`,
    });
  }
  await noteSkipped(context, skipped);
  return renameBundle(bundle, name);
}

function alreadyThere({ program }: Context, name: string, cells: CellRepository): Failure {
  const flag = inContext(cells);
  return new Failure('conflict', {
    what: `There is a cell ${name} in ${cells.where} already`,
    next: [`To change it: ${program} cell apply -f DIR${flag}`, `To look at it: ${program} cell show ${name}${flag}`],
  });
}
