import { type CellSecretSource, lookUpCellSecret } from '../cells/secrets.ts';
import type { Probe } from '../cells/sparing-probe.ts';
import { Failure, reasonOf } from '../failure.ts';
import type { Store } from '../manifest/schema/store.ts';
import type { Reach } from '../resolve/address.ts';
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
  /** From where; this machine when absent. */
  readonly reach?: Reach;
  /** Told the secret values before anything is connected. */
  readonly onSecrets?: (values: readonly string[]) => void;
}

/** Resolves a Store of a cell, and connects; what is wrong is told, not thrown. */
export async function checkStore(
  cells: CellSecretSource,
  cell: string,
  store: Store,
  { onSecrets, reach = 'host', ...options }: CheckOptions = {},
): Promise<StoreCheck> {
  try {
    const lookUp = (key: string) => lookUpCellSecret(cells, cell, store.metadata.name, key);
    const connector = connectorType(store, { connectors: [] });
    const { resolved, missing } = await resolveStore(store, { cell, connector, reach, lookUp });
    onSecrets?.(secretValuesOf(resolved));
    if (missing.length === 0) return await connectStore(resolved, { timeoutMs: 5_000, ...options });
    const reasons = missing.map(({ key, lookedAt }) => `\${${key}} is not in ${lookedAt.join(', nor in ')}`);
    return { ok: false, stage: 'secret', reason: reasons.join('; ') };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'invalid') throw error;
    return { ok: false, stage: 'address', reason: reasonOf(error) };
  }
}

interface ConnectOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly loginOnly?: boolean;
}

/** Connects to a Store whose keys are all filled in. */
export async function connectStore(
  { connector, dsn, fields }: ResolvedStore,
  options: ConnectOptions,
): Promise<StoreCheck> {
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
export function storeProbe(cells: () => CellSecretSource): Probe {
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
