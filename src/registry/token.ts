import type { Dispatcher } from 'undici';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { isLoopback } from './address.ts';
import type { FetchToken } from './authorization.ts';
import type { Challenge } from './challenge.ts';
import { basicHeader, type Credentials } from './credentials.ts';
import { exchange } from './exchange.ts';
import { RegistryFault } from './fault.ts';
import { withRetries } from './retry.ts';

/** Whoever runs the token server may want to know what asks. */
const clientId = 'dk';

interface TokenOptions {
  readonly transport: Dispatcher;
  /** Whether a login may be sent over plain HTTP to another machine. */
  readonly plainHttp: boolean;
}

/** Docker's token protocol: the token for a scope from the server that the challenge names. */
export function createFetchToken({ signal, secrets }: Context, { transport, plainHttp }: TokenOptions): FetchToken {
  return async (challenge, scope, login) => {
    const realm = realmOf(challenge, plainHttp);
    const scopes = [...new Set([scope, ...(challenge.parameters['scope'] ?? '').split(' ')])].filter(Boolean);
    const request = tokenRequest(realm, challenge.parameters['service'], scopes, login);
    const token = await withRetries(signal, () =>
      exchange(transport, { ...request, signal }, async ({ body }) => tokenIn(await body.text())),
    );
    secrets.add([token]);
    return token;
  };
}

function realmOf({ parameters }: Challenge, plainHttp: boolean): URL {
  const realm = URL.canParse(parameters['realm'] ?? '') ? new URL(parameters['realm'] ?? '') : undefined;
  if (realm?.protocol === 'https:') return realm;
  if (realm?.protocol === 'http:' && (plainHttp || isLoopback(realm.host))) return realm;
  throw new Failure('refused', {
    what: 'The registry wants the login sent where anybody on the way could read it',
    why: `Its token server is ${JSON.stringify(parameters['realm'] ?? '')}, which is no https:// address`,
    next: ['Where that is meant: --plain-http'],
  });
}

/** A GET with the login as a header; an identity token is exchanged by a POST instead. */
function tokenRequest(
  realm: URL,
  service: string | undefined,
  scopes: readonly string[],
  login: Credentials | undefined,
) {
  const url = new URL(realm);
  if (login?.kind === 'identityToken') {
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: login.token, client_id: clientId });
    if (service !== undefined) form.set('service', service);
    form.set('scope', scopes.join(' '));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url, headers, body: () => form.toString() } as const;
  }
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (!login) return { method: 'GET', url } as const;
  url.searchParams.set('account', login.username);
  return { method: 'GET', url, headers: { authorization: basicHeader(login.username, login.password) } } as const;
}

function tokenIn(text: string): string {
  try {
    const { token, access_token } = JSON.parse(text) as { readonly token?: unknown; readonly access_token?: unknown };
    const found = token ?? access_token;
    if (typeof found === 'string' && found !== '') return found;
  } catch {
    // As good as none.
  }
  throw new RegistryFault('corrupt', "the registry's token server answered without a token");
}
