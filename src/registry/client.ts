import type { Dispatcher } from 'undici';
import type { Context } from '../context.ts';
import type { RegistryAddress } from './address.ts';
import { Authorization, type Scope } from './authorization.ts';
import { findCredentials } from './credentials.ts';
import { type Body, exchange, type HttpAnswer, type HttpRequest } from './exchange.ts';
import { registryFailure } from './failure.ts';
import { RegistryFault } from './fault.ts';
import { withRetries } from './retry.ts';
import { createFetchToken } from './token.ts';
import { openTransport } from './transport.ts';

export interface RegistryRequest {
  readonly method: HttpRequest['method'];
  /** Below the server's address, `/v2/…`; or a whole address that the registry gave. */
  readonly path: string | URL;
  readonly scope: Scope;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: () => Body;
}

/** One registry with one login. */
export interface RegistryClient {
  readonly address: RegistryAddress;
  readonly signal: AbortSignal;
  /** Sends, with a login where one is asked for, until there is an answer, and reads it; else throws RegistryFault. */
  send<Result>(request: RegistryRequest, read: (answer: HttpAnswer) => Promise<Result>): Promise<Result>;
  /** The same with one attempt: for what must be begun otherwise after a fault. */
  sendOnce<Result>(request: RegistryRequest, read: (answer: HttpAnswer) => Promise<Result>): Promise<Result>;
  /** Does the work; its fault becomes a Failure. `doing` completes "The registry did not …". */
  explaining<Result>(doing: string, work: () => Promise<Result>): Promise<Result>;
}

export interface ClientOptions {
  readonly plainHttp?: boolean;
  /** How long nothing may move on a connection; 30 s when absent. */
  readonly timeoutMs?: number;
}

/** Once for an unknown scope, once for a token that ran out. */
const mostRenewals = 2;

/** Opens a registry; it is asked nothing yet. */
export async function openClient(
  context: Context,
  address: RegistryAddress,
  { plainHttp = false, timeoutMs = 30_000 }: ClientOptions,
): Promise<RegistryClient> {
  const { signal } = context;
  const transport = await openTransport(context, timeoutMs);
  const authorization = new Authorization({
    credentials: () => findCredentials(context, address.host),
    fetchToken: createFetchToken(context, { transport, plainHttp }),
  });

  const connection: Connection = { address, signal, transport, authorization };
  return {
    address,
    signal,
    sendOnce: (request, read) => sendAuthorized(connection, request, read),
    send: (request, read) => withRetries(signal, () => sendAuthorized(connection, request, read)),
    async explaining(doing, work) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof RegistryFault)) throw error;
        // A helper is asked for the login only where it matters.
        const hasLogin = error.reason === 'unauthorized' && (await authorization.hasLogin());
        throw registryFailure(error, { address, doing, hasLogin });
      }
    },
  };
}

interface Connection {
  readonly address: RegistryAddress;
  readonly signal: AbortSignal;
  readonly transport: Dispatcher;
  readonly authorization: Authorization;
}

async function sendAuthorized<Result>(
  { address, signal, transport, authorization }: Connection,
  { path, scope, headers, ...rest }: RegistryRequest,
  read: (answer: HttpAnswer) => Promise<Result>,
): Promise<Result> {
  const url = new URL(path, address.origin);
  // What a registry hands on to another server gets no login of ours.
  const isOurs = url.origin === address.origin;
  for (let renewals = 0; ; renewals += 1) {
    const header = isOurs ? authorization.header(scope) : undefined;
    const allHeaders = { ...headers, ...(header !== undefined && { authorization: header }) };
    try {
      return await exchange(transport, { ...rest, url, headers: allHeaders, signal }, read);
    } catch (error) {
      const challenge = challengeIn(error);
      if (!isOurs || challenge === undefined || renewals >= mostRenewals) throw error;
      if (!(await authorization.renew(scope, header, challenge))) throw error;
    }
  }
}

function challengeIn(error: unknown): string | undefined {
  return error instanceof RegistryFault && error.reason === 'unauthorized' ? error.challenge : undefined;
}
