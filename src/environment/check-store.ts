import type { CellRepository } from '../cells/repository.ts';
import { lookUpCellSecret } from '../cells/secrets.ts';
import type { Probe } from '../cells/sparing-probe.ts';
import type { Context } from '../context.ts';
import { Failure, reasonOf } from '../failure.ts';
import type { Store } from '../manifest/schema/store.ts';
import type { ResolvedStore } from '../resolve/run-spec.ts';
import { secretValuesOf } from '../resolve/secret-values.ts';
import { connectorType, resolveStore } from '../resolve/store.ts';
import { checkPostgres } from '../tools/postgres.ts';
import type { PostgresStage } from '../tools/postgres-fault.ts';
import { checkS3 } from '../tools/s3.ts';
import { s3AddressOf } from '../tools/s3-address.ts';
import type { S3Stage } from '../tools/s3-fault.ts';

/** What connecting to a Store showed. */
export type StoreCheck =
  | { readonly ok: true; readonly latencyMs: number; readonly version?: string }
  | { readonly ok: false; readonly stage: 'secret' | PostgresStage | S3Stage; readonly reason: string }
  /** Of a connector that dk does not speak. */
  | { readonly ok: undefined; readonly reason: string };

interface CheckOptions {
  readonly signal?: AbortSignal;
  /** 5 s when absent. */
  readonly timeoutMs?: number;
  /** Told the secret values before anything is connected. */
  readonly onSecrets?: (values: readonly string[]) => void;
}

/** Resolves a Store of a cell as seen from this host, and connects; what is wrong is told, not thrown. */
export async function checkStore(
  cells: CellRepository,
  cell: string,
  store: Store,
  { onSecrets, ...options }: CheckOptions = {},
): Promise<StoreCheck> {
  try {
    const lookUp = (key: string) => lookUpCellSecret(cells, cell, store.metadata.name, key);
    const connector = connectorType(store, { connectors: [] });
    const { resolved, missing } = await resolveStore(store, { cell, connector, reach: 'host', lookUp });
    onSecrets?.(secretValuesOf(resolved));
    if (missing.length === 0) return await connect(resolved, { timeoutMs: 5_000, ...options });
    const reasons = missing.map(({ key, lookedAt }) => `\${${key}} is not in ${lookedAt.join(', nor in ')}`);
    return { ok: false, stage: 'secret', reason: reasons.join('; ') };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'invalid') throw error;
    return { ok: false, stage: 'address', reason: reasonOf(error) };
  }
}

/** Connects to every Store of a run; an unhealthy Failure with all that refuse. A bucket may be the package's own to make. */
export async function requireReachable({ program, signal }: Context, stores: readonly ResolvedStore[]): Promise<void> {
  const checks = await Promise.all(
    stores.map(async (store) => ({
      store,
      check: await connect(store, { timeoutMs: 5_000, signal, loginOnly: true }),
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

interface ConnectOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly loginOnly?: boolean;
}

function connect({ connector, dsn, fields }: ResolvedStore, options: ConnectOptions) {
  switch (connector) {
    case 'postgres':
      return checkPostgres(dsn ?? '', options);
    case 's3':
      return checkS3(s3AddressOf(fields), options);
    default:
      return { ok: undefined, reason: `dk connects to postgres and s3, not to ${connector}` };
  }
}

/** The same as the probe of a repository, which needs the repository itself to look up keys. */
export function storeProbe(cells: () => CellRepository): Probe {
  return async (cell, store) => {
    const check = await checkStore(cells(), cell, store);
    if (check.ok) return { ready: true };
    const unreachable = check.ok === false && isUnreachable(check.stage);
    return { ready: check.ok, reason: check.reason, unreachable };
  };
}

/** Not by this login: by none. */
function isUnreachable(stage: string): boolean {
  return ['name', 'port', 'timeout'].includes(stage);
}
