import { basename, dirname } from 'node:path';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { ownIdentity } from '../tools/processes.ts';
import { carryOut } from './carry-out.ts';
import { takeAssignment } from './detach.ts';
import { openRecords } from './records.ts';

/** The hidden command that watches over one detached run, given its folder; it ends when the run does. */
export async function supervise(context: Context, { directory }: { readonly directory: string }): Promise<void> {
  const records = openRecords(dirname(dirname(directory)));
  const known = await records.get(basename(directory));
  if (!known) throw new Failure('notFound', { what: `There is no run in ${directory}` });
  const assignment = await takeAssignment(records.folder(known.id));
  context.secrets.add(assignment.secrets);
  const record = { ...known, status: 'running', supervisor: await ownIdentity() } as const;
  await carryOut(context, records, record, assignment, undefined);
}
