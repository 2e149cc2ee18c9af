import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { user } from './registry-server.ts';

const service = 'registry-of-the-tests';
const issuer = 'token-server-of-the-tests';

/** A token server as registries in the world have one: whoever is logged in may push, others may pull. */
export async function startTokenServer(folder: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwks = join(folder, 'jwks.json');
  writeFileSync(
    jwks,
    JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key', alg: 'ES256', use: 'sig' }] }),
  );
  const asked: { method: string; scopes: readonly string[]; login: string | undefined }[] = [];
  let lifetimes: readonly number[] = [];

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const form = new URLSearchParams(await text(request));
    const scopes = [...url.searchParams.getAll('scope'), ...(form.get('scope')?.split(' ') ?? [])];
    const login = loginOf(request.headers.authorization, form.get('refresh_token'));
    asked.push({ method: request.method ?? '', scopes, login });
    if (login === 'wrong') {
      response.writeHead(401).end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'who are you?' }] }));
      return;
    }
    const [lifetime = 300, ...rest] = lifetimes;
    lifetimes = rest;
    response.end(JSON.stringify({ token: tokenFor(scopes, login !== undefined, lifetime) }));
  });

  function tokenFor(scopes: readonly string[], mayPush: boolean, lifetime: number): string {
    const now = Math.floor(Date.now() / 1000);
    const access = scopes.map((scope) => {
      const [, type = '', name = '', actions = ''] = /^(\w+):(.*):([^:]*)$/.exec(scope) ?? [];
      return { type, name, actions: actions.split(',').filter((action) => mayPush || action === 'pull') };
    });
    const claims = {
      iss: issuer,
      aud: service,
      sub: 'x',
      nbf: now - 600,
      iat: now - 600,
      exp: now + lifetime,
      jti: randomUUID(),
      access,
    };
    const head = [{ typ: 'JWT', alg: 'ES256', kid: 'key' }, claims]
      .map((part) => encode(JSON.stringify(part)))
      .join('.');
    const signature = createSign('sha256').update(head).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${head}.${signature.toString('base64url')}`;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return {
    /** What a registry's config says of this server. */
    auth: { token: { realm, service, issuer, jwks } },
    asked,
    /** Seconds for which the next tokens are good. */
    limit: (seconds: readonly number[]) => {
      lifetimes = seconds;
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function loginOf(authorization: string | undefined, refreshToken: string | null): string | undefined {
  if (refreshToken !== null) return refreshToken === user.password ? 'token' : 'wrong';
  if (authorization === undefined) return undefined;
  const right = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
  return authorization === right ? user.name : 'wrong';
}

function encode(part: string): string {
  return Buffer.from(part).toString('base64url');
}
