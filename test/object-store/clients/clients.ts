import { type ClientId, clientNames } from './cases.ts';
import { missingMc, runMc } from './mc.ts';
import type { Outcomes } from './outcome.ts';
import { missingModules, runPython } from './python.ts';
import { runSdk } from './sdk.ts';
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
export const clients: readonly Client[] = [
  { id: 'sdk', name: clientNames.sdk, missing: undefined, run: runSdk },
  inPython('boto3', ['boto3']),
  inPython('duckdb', ['duckdb', 'duckdb_extension_httpfs']),
  inPython('pyarrow', ['pyarrow']),
  { id: 'mc', name: clientNames.mc, missing: missingMc, run: runMc },
];

function inPython(id: ClientId, modules: readonly string[]): Client {
  return {
    id,
    name: clientNames[id],
    missing: missingModules(modules),
    run: (server) => runPython(`with_${id}.py`, server),
  };
}
