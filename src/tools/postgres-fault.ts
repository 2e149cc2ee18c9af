import { Failure, reasonOf } from '../failure.ts';
import { networkStageOf } from './network-fault.ts';

/** How far a connection came: what did not work, in the order in which it is tried. */
export type PostgresStage =
  | 'address'
  | 'name'
  | 'port'
  | 'timeout'
  | 'tls'
  | 'starting'
  | 'login'
  | 'database'
  | 'server';

export interface PostgresFault {
  readonly stage: PostgresStage;
  readonly reason: string;
}

/** Tells at which stage connecting or asking failed, from what `pg` or `withPostgres` threw. */
export function faultOf(error: unknown): PostgresFault {
  if (error instanceof Failure && error.cause !== undefined) return faultOf(error.cause);
  const reason = reasonOf(error);
  const code = codeOf(error);
  return {
    stage: stages[code] ?? networkStageOf(error) ?? stageByReason(code, reason),
    reason: reason === '' ? code : reason,
  };
}

/** What pg says when the server answers the request for TLS with no. */
export const noTls = 'The server does not support SSL connections';

/** Postgres' own codes. */
const stages: Readonly<Record<string, PostgresStage>> = {
  '28P01': 'login',
  '3D000': 'database',
  42501: 'database',
  '57P03': 'starting',
};

function stageByReason(code: string, reason: string): PostgresStage {
  if (/timeout expired|timed out/i.test(reason)) return 'timeout';
  if (reason.startsWith(noTls)) return 'tls';
  // Of a host that insists on TLS, Postgres says that no pg_hba.conf entry fits without encryption.
  if (code === '28000') return /no encryption/.test(reason) ? 'tls' : 'login';
  if (reason.startsWith('SASL:')) return 'login';
  if (/connection terminated unexpectedly/i.test(reason)) return 'port';
  return 'server';
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return String(error.code);
}
