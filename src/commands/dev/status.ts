import type { Context } from '../../context.ts';
import { environmentName } from '../../environment/names.ts';
import { needEnvironment } from '../../environment/select.ts';
import { environmentStatus } from '../../environment/status.ts';
import { type OutputFormat, printResult } from '../../report/result.ts';
import { statusTable } from './status-table.ts';

/** `dk dev status`: servers, cells, and whether every Store can be reached. */
export async function devStatus(
  context: Context,
  flags: { readonly env?: string; readonly output: OutputFormat },
): Promise<void> {
  const environment = await needEnvironment(context, environmentName(context, flags.env));
  const status = await environmentStatus(environment, true);
  await printResult(context, flags.output, {
    kind: 'Environment',
    data: { ...status },
    table: () => statusTable(status),
  });
}
