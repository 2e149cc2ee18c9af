import { type Case, type ClientId, cases, clientNames, type ServerId } from './cases.ts';
import { differenceOf, differences } from './differences.ts';

/** What came of a client's case against a server; `undefined` where it was not run. */
export type Verdict = (server: ServerId, caseId: string, client: ClientId) => boolean | undefined;

/** What comes of everything where all goes as it is known to. */
export const asKnown: Verdict = (server, caseId, client) => differenceOf(server, caseId, client) === undefined;

const clientIds = Object.keys(clientNames) as readonly ClientId[];

/** The suite's table in Markdown: cases × clients, this server's verdict and MinIO's in each field. */
export function renderTable(verdict: Verdict): string {
  const head = ['The client …', ...clientIds.map((id) => clientNames[id])];
  const rows = cases.map((row) => [row.title, ...clientIds.map((client) => field(row, client, verdict))]);
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : ':-:')), ...rows];
  const notes = differences.map(({ reason }, index) => `${index + 1}. ${reason}.`);
  return [...lines.map((line) => `| ${line.join(' | ')} |`), '', ...notes, ''].join('\n');
}

function field(row: Case, client: ClientId, verdict: Verdict): string {
  if (!row.clients.includes(client)) return '';
  return (['dk', 'minio'] as const).map((server) => mark(server, row.id, client, verdict)).join(' ');
}

function mark(server: ServerId, caseId: string, client: ClientId, verdict: Verdict): string {
  const passed = verdict(server, caseId, client);
  if (passed === undefined) return '·';
  const difference = differenceOf(server, caseId, client);
  const note = difference === undefined ? '' : ` (${differences.indexOf(difference) + 1})`;
  return `${passed ? '✓' : '✗'}${note}`;
}
