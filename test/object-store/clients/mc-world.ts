import { ExecaError } from 'execa';
import type { S3Server } from './servers.ts';

/** Runs mc to its end, and returns what it printed; an ExecaError where it fails. */
export type Mc = (
  args: readonly string[],
  options?: { readonly cwd?: string; readonly input?: Buffer | string },
) => Promise<string>;

/** What a case of mc works with. */
export interface McWorld {
  /** Knows the server as `s3`; with the cell's key as `cell`, and with keys that do not open it as `wrong` and `nobody`. */
  readonly mc: Mc;
  readonly server: S3Server;
  /** The case's own folder. */
  readonly folder: string;
  /** Makes the case's own bucket, and returns its place, such as `s3/mc-copy`. */
  newBucket(): Promise<string>;
}

/** Cases of mc, by their ids. */
export type McCases = Readonly<Record<string, (world: McWorld) => Promise<void>>>;

/** What mc says when it fails; fails if it does not. */
export async function refusal(running: Promise<string>): Promise<string> {
  try {
    await running;
  } catch (error) {
    if (error instanceof ExecaError) return String(error.stderr);
    throw error;
  }
  throw new Error('expected mc to fail, but it succeeded');
}

/** What mc prints with `--json`: an object a line. */
export function records(printed: string): readonly Readonly<Record<string, unknown>>[] {
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The keys below a place, as `ls` lists them. */
export async function keysBelow(mc: Mc, place: string): Promise<readonly unknown[]> {
  return records(await mc(['ls', '--recursive', '--json', place])).map(({ key }) => key);
}
