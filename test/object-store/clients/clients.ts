import { type ClientId, clientNames } from './cases.ts';
import type { Outcomes } from './outcome.ts';
import { missingModules, runPython } from './python.ts';
import type { S3Server } from './servers.ts';

/** How a client goes through its cases. */
export interface Client {
  readonly id: ClientId;
  readonly name: string;
  /** Why it cannot be had here, or undefined. */
  readonly missing: string | undefined;
  run(server: S3Server): Promise<Outcomes>;
}

/** All clients, in the order of the table. */
export const clients: readonly Client[] = [inPython('boto3', ['boto3'])];

function inPython(id: ClientId, modules: readonly string[]): Client {
  return {
    id,
    name: clientNames[id],
    missing: missingModules(modules),
    run: (server) => runPython(`with_${id}.py`, server),
  };
}
