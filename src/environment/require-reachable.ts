import type { Context } from '../context.ts';
import { connectStore } from '../data/check-store.ts';
import { Failure } from '../failure.ts';
import type { ResolvedStore } from '../resolve/run-spec.ts';

/** Connects to every Store of a run; an unhealthy Failure with all that refuse. A bucket may be the package's own to make. */
export async function requireReachable({ program, signal }: Context, stores: readonly ResolvedStore[]): Promise<void> {
  const checks = await Promise.all(
    stores.map(async (store) => ({
      store,
      check: await connectStore(store, { timeoutMs: 5_000, signal, loginOnly: true }),
    })),
  );
  const refused = checks.flatMap(({ store, check }) =>
    check.ok === false && check.stage !== 'bucket' ? [{ ...store, stage: check.stage, reason: check.reason }] : [],
  );
  if (refused.length === 0) return;
  throw new Failure('unhealthy', {
    what: `${refused.length === 1 ? 'A Store' : 'Stores'} of this run cannot be used, so nothing was started`,
    why: refused.map(
      ({ name, cell, stage, reason }) =>
        `Store ${name} of ${cell === undefined ? 'the package' : `cell ${cell}`} (${stage}): ${reason}`,
    ),
    next: [
      `${program} dev up puts right what it has made`,
      ...refused.flatMap(({ name, cell }) =>
        cell === undefined ? [] : [`${program} store check ${name} --cell ${cell}`],
      ),
    ],
  });
}
