/** What of the way to a server does not work, in the order in which it is tried. */
export type NetworkStage = 'name' | 'port' | 'timeout' | 'tls';

const stages: Readonly<Record<string, NetworkStage>> = {
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  ECONNREFUSED: 'port',
  ECONNRESET: 'port',
  EHOSTUNREACH: 'port',
  ENETUNREACH: 'port',
  EADDRNOTAVAIL: 'port',
  EPIPE: 'port',
  ETIMEDOUT: 'timeout',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
};

/** The stage at which connecting failed, from the code of Node's error; undefined for what is no such failure. */
export function networkStageOf(error: unknown): NetworkStage | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const code = String(error.code);
  return stages[code] ?? (/^ERR_(TLS|SSL)_|CERT/.test(code) ? 'tls' : undefined);
}
