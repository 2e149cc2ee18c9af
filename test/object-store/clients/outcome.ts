import type { S3Server } from './servers.ts';

/** What came of a client's case: the error it failed with, if it did. */
export interface Outcome {
  readonly error?: unknown;
}

/** The outcomes of all of a client's cases, by their ids. */
export type Outcomes = ReadonlyMap<string, Outcome>;

/** Runs the cases one after the other, whatever comes of them. */
export async function outcomesOf<World>(
  all: Readonly<Record<string, (world: World) => Promise<void>>>,
  worldOf: (id: string) => World,
): Promise<Outcomes> {
  const outcomes = new Map<string, Outcome>();
  for (const [id, check] of Object.entries(all)) {
    try {
      await check(worldOf(id));
      outcomes.set(id, {});
    } catch (error) {
      outcomes.set(id, { error });
    }
  }
  return outcomes;
}

/** The server in the variables that programs look for; nothing else of this process but its PATH. */
export function environmentOf(server: S3Server, home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    AWS_ENDPOINT_URL_S3: server.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: server.root.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.root.secretAccessKey,
    CELL_ACCESS_KEY_ID: server.cell.accessKeyId,
    CELL_SECRET_ACCESS_KEY: server.cell.secretAccessKey,
  };
}
