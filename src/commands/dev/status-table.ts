import type { EnvironmentStatus } from '../../environment/status.ts';
import { formatTable } from '../../report/table.ts';

/** An environment for people: its servers, its cells, where its files are. */
export function statusTable({ name, engine, up, services, cells, directory }: EnvironmentStatus): string {
  const serviceRows = services.map(({ name: service, state, address, pid, reason }) => [
    service,
    state,
    address ?? '',
    pid === undefined ? (reason ?? '') : `pid ${pid}`,
  ]);
  const probed = cells.some(({ ready }) => ready !== undefined);
  const cellRows = cells.map((cell) => [
    cell.name,
    cell.namespace,
    String(cell.stores),
    ...(probed ? [String(cell.ready ?? '-')] : []),
  ]);
  return [
    `environment ${name} (${engine}) is ${up ? 'up' : 'not up'}, its files are in ${directory}`,
    '',
    formatTable(['SERVICE', 'STATE', 'ADDRESS', ''], serviceRows),
    '',
    formatTable(['CELL', 'NAMESPACE', 'STORES', ...(probed ? ['READY'] : [])], cellRows),
  ].join('\n');
}
