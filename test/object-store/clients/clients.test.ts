import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Case, cases, type ServerId, serverNames } from './cases.ts';
import { type Client, clients } from './clients.ts';
import { differenceOf } from './differences.ts';
import type { Outcomes } from './outcome.ts';
import { missingServers, type S3Server, startServer } from './servers.ts';
import { renderTable } from './table.ts';

/** By server and client. */
const all = new Map<string, Outcomes>();

/** For a machine that is busy with much else, in milliseconds. */
const patience = 180_000;

for (const id of Object.keys(serverNames) as readonly ServerId[]) {
  const missing = missingServers[id];
  // Both servers at once, and the clients of each one after the other.
  describe.skipIf(missing)(`against ${serverNames[id]}${inParentheses(missing)}`, { concurrent: true }, () => {
    let server: S3Server;
    beforeAll(async () => {
      server = await startServer(id);
    }, patience);
    afterAll(() => server?.close());

    for (const client of clients) {
      describe.skipIf(client.missing)(`${client.name}${inParentheses(client.missing)}`, { concurrent: false }, () => {
        describeClient(client, id, () => server);
      });
    }
  });
}

afterAll(() => {
  const file = process.env['DK_CLIENTS_TABLE'];
  if (file === undefined) return;
  const verdict = (server: ServerId, caseId: string, client: string) => {
    const outcome = all.get(`${server} ${client}`)?.get(caseId);
    return outcome && !('error' in outcome);
  };
  writeFileSync(file, renderTable(verdict));
});

function describeClient(client: Client, server: ServerId, running: () => S3Server): void {
  let outcomes: Outcomes;
  beforeAll(async () => {
    outcomes = await client.run(running());
    all.set(`${server} ${client.id}`, outcomes);
  }, patience);

  const own = cases.filter((row) => row.clients.includes(client.id));
  test('goes through all of its cases, and no other', () => {
    expect([...outcomes.keys()].sort()).toEqual(own.map((row) => row.id).sort());
  });
  for (const row of own) testCase(row, differenceOf(server, row.id, client.id)?.reason, () => outcomes.get(row.id));
}

function testCase(
  { title }: Case,
  difference: string | undefined,
  outcomeNow: () => { readonly error?: unknown } | undefined,
): void {
  if (difference !== undefined) {
    test(`fails, as is known, where it ${title}: ${difference}`, () => {
      expect(outcomeNow()).toHaveProperty('error');
    });
    return;
  }
  test(title, () => {
    const outcome = outcomeNow();
    if (outcome !== undefined && 'error' in outcome) throw outcome.error;
    expect(outcome).toEqual({});
  });
}

function inParentheses(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}
