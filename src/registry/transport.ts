import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { Context } from '../context.ts';
import { Failure, reasonOf } from '../failure.ts';

/** This machine is never behind a proxy, whatever NO_PROXY says. */
const never = ['localhost', '127.0.0.1', '[::1]'];

/** Connections as the environment wants them: its proxies, and certificate authorities of one's own. Milliseconds. */
export async function openTransport({ env }: Context, timeoutMs: number): Promise<Dispatcher> {
  const [{ default: undici }, ca] = await Promise.all([import('undici'), authorities(env)]);
  const tls = ca === undefined ? {} : { ca };
  const agent = new undici.EnvHttpProxyAgent({
    // Empty rather than absent: what is absent undici would take from its own process.
    httpProxy: env['http_proxy'] || env['HTTP_PROXY'] || '',
    httpsProxy: env['https_proxy'] || env['HTTPS_PROXY'] || '',
    noProxy: [env['no_proxy'] || env['NO_PROXY'] || '', ...never].join(','),
    proxyTunnel: false,
    connect: { ...tls, timeout: Math.min(timeoutMs, 10_000) },
    requestTls: tls,
    proxyTls: tls,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  // Registries send readers of blobs elsewhere; a login is not sent along to another server.
  return agent.compose(undici.interceptors.redirect({ maxRedirections: 3 }));
}

/** Undefined for Node's own list, to which NODE_EXTRA_CA_CERTS belongs; named here, a list takes the place of that one. */
async function authorities(env: Context['env']): Promise<string[] | undefined> {
  const bundle = env['DK_CA_BUNDLE'];
  if (!bundle) return undefined;
  const extra = env['NODE_EXTRA_CA_CERTS'];
  const ours = await readFile(bundle, 'utf8').catch((error: unknown) => {
    throw new Failure('prerequisite', {
      what: 'The certificates that DK_CA_BUNDLE names cannot be read',
      why: reasonOf(error),
      next: ['export DK_CA_BUNDLE=/path/to/ca.pem', 'unset DK_CA_BUNDLE'],
    });
  });
  // Node, too, goes on without a file that it cannot read.
  const others = extra ? await readFile(extra, 'utf8').catch(() => '') : '';
  return [...rootCertificates, ours, ...(others === '' ? [] : [others])];
}
