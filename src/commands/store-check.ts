import { requireCell, requireStore } from '../cells/require-cell.ts';
import type { Context } from '../context.ts';
import { checkStore, type StoreCheck } from '../data/check-store.ts';
import { selectCells } from '../environment/select.ts';
import { Failure } from '../failure.ts';
import { type OutputFormat, printResult } from '../report/result.ts';
import { formatDuration } from '../report/table.ts';

interface CheckOptions {
  readonly name: string;
  /** cell:local when absent. */
  readonly cell?: string;
  readonly context?: string;
  readonly output: OutputFormat;
}

/** `dk store check`: connects to a Store; an unhealthy Failure says at which stage that failed. */
export async function storeCheck(
  context: Context,
  { name, cell: text = 'local', ...options }: CheckOptions,
): Promise<void> {
  const cells = await selectCells(context, { contextName: options.context, writing: true });
  const cell = (await requireCell(context, cells, text)).metadata.name;
  const store = await requireStore(context, cells, cell, name);
  const onSecrets = (values: readonly string[]) => context.secrets.add(values);
  const check = await checkStore(cells, cell, store, { signal: context.signal, onSecrets });
  const { connector } = store.spec;
  await printResult(context, options.output, {
    kind: 'StoreCheck',
    data: { cell, store: name, connector, ...plainCheck(check) },
    table: () => (check.ok ? `OK  ${connector} ${name} of cell ${cell}: ${answerText(check)}` : ''),
  });
  if (!check.ok) throw notOk(context, cell, name, check);
}

/** As JSON tells it: what could not be asked is null, and a tenth of a millisecond is exact enough. */
function plainCheck(check: StoreCheck) {
  return check.ok ? { ...check, latencyMs: Number(check.latencyMs.toFixed(1)) } : { ...check, ok: check.ok ?? null };
}

function answerText({ version, latencyMs }: Extract<StoreCheck, { ok: true }>): string {
  return `${version === undefined ? '' : `version ${version}, `}${formatDuration(latencyMs)}`;
}

function notOk({ program }: Context, cell: string, name: string, check: Exclude<StoreCheck, { ok: true }>): Failure {
  const { reason } = check;
  const next = `${program} cell show ${cell}`;
  if (check.ok === undefined)
    return new Failure('usage', { what: `Store ${name} of cell ${cell} cannot be checked`, why: reason, next });
  const what = `Store ${name} of cell ${cell} cannot be used (${check.stage})`;
  if (check.stage === 'secret') {
    return new Failure('notFound', {
      what,
      why: reason,
      next: `${program} cell secret set ${name} KEY --cell ${cell}`,
    });
  }
  return new Failure('unhealthy', { what, why: reason, next });
}
