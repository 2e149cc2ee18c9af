import { inContext } from '../../cells/hints.ts';
import { parseCellName, sharedSecret } from '../../cells/names.ts';
import type { CellRepository } from '../../cells/repository.ts';
import { requireCell, requireStore } from '../../cells/require-cell.ts';
import type { Context } from '../../context.ts';
import { selectCells } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import { readSecret } from '../../report/prompt.ts';
import { type OutputFormat, printNote, printResult } from '../../report/result.ts';
import { formatTable } from '../../report/table.ts';
import { keysOf } from '../../resolve/placeholders.ts';

interface Place {
  /** cell:local when absent. */
  readonly cell?: string;
  readonly context?: string;
  /** The cell, where it is of tier stable or prod. */
  readonly confirm?: readonly string[];
}

interface KeyOptions extends Place {
  /** A Store, or `cell-secrets`. */
  readonly store: string;
  readonly key: string;
}

/** `dk cell secret set`: the value comes from stdin or a prompt; `excess` is what stood on the command line behind KEY. */
export async function secretSet(context: Context, options: KeyOptions & { readonly excess: readonly string[] }) {
  if (options.excess.length > 0 || options.key.includes('=')) throw valueInArguments(context, options.store);
  const { cells, cell } = await open(context, options, true);
  const { store, key } = options;
  const uses = await keysUsed(context, cells, cell, store);
  const value = await readSecret(context, `Value of ${key} for ${store} in cell ${cell}: `);
  if (value === '') throw new Failure('usage', { what: 'The value is empty', next: 'Type it, or pipe it to stdin' });
  context.secrets.add([value]);
  const outcome = await cells.secrets.set(cell, store, { [key]: value });
  await printNote(context, `${key} of ${store} in cell ${cell}: ${outcome}`);
  if (uses && !uses.includes(key)) {
    await printNote(context, `Store ${store} does not use it; it uses ${uses.join(', ') || 'no keys'}`);
  }
}

/** `dk cell secret list`: names and keys, no values. */
export async function secretList(context: Context, options: Place & { readonly output: OutputFormat }): Promise<void> {
  const { cells, cell } = await open(context, options, false);
  const secrets = await cells.secrets.list(cell);
  const rows = secrets.map(({ secret, keys }) => [secret, keys.join(', ')]);
  const table = () => formatTable(['SECRET', 'KEYS'], rows);
  await printResult(context, options.output, { kind: 'SecretList', data: { cell, secrets }, table });
}

/** `dk cell secret unset`: removes one key. */
export async function secretUnset(context: Context, { store, key, ...place }: KeyOptions): Promise<void> {
  const { cells, cell } = await open(context, place, true);
  if (await cells.secrets.unset(cell, store, key)) {
    return printNote(context, `${key} of ${store} in cell ${cell}: removed`);
  }
  const secrets = await cells.secrets.list(cell);
  const keys = secrets.find(({ secret }) => secret === store)?.keys;
  throw new Failure('notFound', {
    what: `There is no key ${key} for ${store} in cell ${cell}${didYouMean(key, keys ?? [])}`,
    why: keys
      ? `It has ${keys.join(', ') || 'no keys'}`
      : `There are ${secrets.map(({ secret }) => secret).join(', ') || 'no Secrets'}`,
    next: `${context.program} cell secret list --cell ${cell}${inContext(cells)}`,
  });
}

async function open(context: Context, place: Place, writing: boolean) {
  const { cell = 'local', context: contextName, confirm: confirmed } = place;
  const name = parseCellName(cell);
  const cells = await selectCells(context, { contextName, writing, confirmed });
  await requireCell(context, cells, name);
  return { cells, cell: name };
}

/** The keys that a Store refers to; undefined for the Secret that all Stores share. */
async function keysUsed(
  context: Context,
  cells: CellRepository,
  cell: string,
  store: string,
): Promise<readonly string[] | undefined> {
  if (store === sharedSecret) return undefined;
  const { connection, secrets } = (await requireStore(context, cells, cell, store)).spec;
  return keysOf(JSON.stringify([connection, secrets]));
}

/** Neither the value nor what may be a part of it is repeated. */
function valueInArguments(context: Context, store: string): Failure {
  return new Failure('usage', {
    what: 'A value never stands on the command line',
    why: 'Other users and the history of the shell can read it there: treat this one as known',
    next: `${context.program} cell secret set ${store} KEY < file, or without a file to be asked`,
  });
}
