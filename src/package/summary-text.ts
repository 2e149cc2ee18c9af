import { formatTable } from '../report/table.ts';
import type { PackageSummary, PortSummary } from './summary.ts';

/** A package at a glance, for people. */
export function summaryText(summary: PackageSummary): string {
  const { name, version, runtime, mode, trigger, timeout, stores, connectors } = summary;
  const head = [
    ['Package', version === null ? name : `${name} ${version}`],
    ['Runtime', runtime],
    ['Mode', mode],
    ['Trigger', trigger],
    ['Timeout', timeout ?? 'none'],
  ];
  return [
    head.map(([label = '', value = '']) => `${label.padEnd(9)}${value}`).join('\n'),
    portsText('INPUT', summary.inputs),
    portsText('OUTPUT', summary.outputs),
    columnsText([...summary.inputs, ...summary.outputs]),
    table(
      ['STORE', 'CONNECTOR', 'CONNECTION', 'SECRETS'],
      stores.map((store) => [store.name, store.connector, store.connection.join(','), store.secrets.join(',') || '-']),
    ),
    table(
      ['CONNECTOR', 'TYPE', 'VERSION', 'CAPABILITIES'],
      connectors.map((connector) => [
        connector.name,
        connector.type,
        connector.version ?? '-',
        connector.capabilities.join(','),
      ]),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function portsText(title: string, ports: readonly PortSummary[]): string {
  const rows = ports.map(({ dataset, store, connector, place, format, cell }) => [
    dataset,
    ...[store, connector, place, format, cell].map((value) => value ?? '-'),
  ]);
  return table([title, 'STORE', 'CONNECTOR', 'PLACE', 'FORMAT', 'CELL'], rows);
}

function columnsText(ports: readonly PortSummary[]): string {
  const datasets = new Map(ports.map((port) => [port.dataset, port.columns]));
  const rows = [...datasets].flatMap(([dataset, columns]) =>
    columns.map(({ name, type, pii }) => [dataset, name, type, pii ? 'pii' : '']),
  );
  return table(['DATASET', 'COLUMN', 'TYPE', ''], rows);
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : formatTable(columns, rows);
}
