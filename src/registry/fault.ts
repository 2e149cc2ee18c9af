import { networkStageOf } from '../tools/network-fault.ts';

/** Why a registry did not do what it was asked. */
export type RegistryReason =
  | 'unreachable'
  | 'cut'
  | 'timeout'
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  | 'tooMany'
  | 'server'
  | 'refused'
  | 'corrupt';

interface FaultParts {
  readonly status?: number;
  /** What the server asks to wait for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The WWW-Authenticate header of a 401. */
  readonly challenge?: string | undefined;
  readonly cause?: unknown;
}

/** What went wrong with one request; the registry's methods make a Failure of it. */
export class RegistryFault extends Error {
  readonly reason: RegistryReason;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly challenge: string | undefined;

  constructor(reason: RegistryReason, why: string, { status, retryAfterMs, challenge, cause }: FaultParts = {}) {
    super(why, { cause });
    this.reason = reason;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.challenge = challenge;
  }
}

/** Whether the same request may well do better in a moment. */
export function isPassing(error: unknown): error is RegistryFault {
  if (!(error instanceof RegistryFault)) return false;
  switch (error.reason) {
    case 'cut':
    case 'timeout':
    case 'tooMany':
      return true;
    case 'server':
      return error.status !== 501;
    default:
      return codeOf(error.cause) === 'EAI_AGAIN';
  }
}

/** The fault of an answer that is no success, with what the registry itself says. */
export function faultOfStatus(
  status: number,
  body: string,
  header: (name: string) => string | undefined,
): RegistryFault {
  const why = [`HTTP ${status}`, ...reasonsIn(body)].join(': ');
  const retryAfterMs = millisecondsOf(header('retry-after'));
  return new RegistryFault(reasonOfStatus(status), why, {
    status,
    retryAfterMs,
    challenge: header('www-authenticate'),
  });
}

/** The fault behind an error of the connection; undefined for any other error. */
export function faultOfError(error: unknown): RegistryFault | undefined {
  const inner = innermost(error);
  const code = codeOf(inner);
  if (code === undefined) return undefined;
  const why = inner instanceof Error && inner.message !== '' ? inner.message : code;
  if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) return new RegistryFault('timeout', why, { cause: inner });
  // Broken off by the other side; the parser's words for half an answer mean the same.
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|HPE_.*)$/.test(code))
    return new RegistryFault('cut', why, { cause: inner });
  // A proxy that refuses, or that cannot be spoken to, aborts what it was asked for.
  if (networkStageOf(inner) !== undefined || /^UND_ERR_(CONNECT_TIMEOUT|ABORTED|PRX_TLS)$/.test(code))
    return new RegistryFault('unreachable', why, { cause: inner });
  return undefined;
}

function reasonOfStatus(status: number): RegistryReason {
  if (status >= 500) return 'server';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 408:
      return 'timeout';
    case 429:
      return 'tooMany';
    default:
      return 'refused';
  }
}

/** Codes and messages of OCI's error body; anything else, such as a proxy's page, is cut short. */
function reasonsIn(body: string): readonly string[] {
  try {
    const { errors = [] } = JSON.parse(body) as { errors?: readonly { code?: unknown; message?: unknown }[] };
    return errors.map(({ code, message }) => [code, message].filter((text) => typeof text === 'string').join(' '));
  } catch {
    const text = body
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return text === '' ? [] : [text.slice(0, 200)];
  }
}

/** Retry-After: seconds, or a date. */
function millisecondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** A connection tried at several addresses has an error for each. */
function innermost(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  return error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
