import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { Failure, reasonOf } from '../failure.ts';
import { readIfThere } from '../tools/if-there.ts';
import { askHelper } from './credential-helper.ts';

/** How to log in to a registry: with a password, or with a token that is exchanged for others. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'identityToken'; readonly token: string };

/** The part of Docker's config.json that is about logins; Helm's has the same form. */
interface Config {
  readonly auths?: Readonly<Record<string, Login | null>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface Login {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** Under which Docker and Helm keep the login of Docker Hub. */
const dockerHubKey = 'https://index.docker.io/v1/';

/** The login that `docker login` or `helm registry login` left for a host; whatever is secret in it is redacted from now on. */
export async function findCredentials(context: Context, host: string): Promise<Credentials | undefined> {
  for (const file of configFiles(context.env)) {
    const config = readConfig(file);
    const found = config && ((await fromHelper(context, config, host)) ?? fromFile(config, host));
    if (!found) continue;
    context.secrets.add(secretsOf(found));
    return found;
  }
  return undefined;
}

/** Docker's config, then Helm's: where both have a login for a host, it is most often the same. */
function configFiles(env: Context['env']): readonly string[] {
  const home = env['HOME'] || homedir();
  const helmHome = env['HELM_CONFIG_HOME'] || join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'helm');
  return [
    join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json'),
    env['HELM_REGISTRY_CONFIG'] || join(helmHome, 'registry/config.json'),
    ...(env['HELM_CONFIG_HOME'] || env['HELM_REGISTRY_CONFIG']
      ? []
      : [join(home, 'Library/Preferences/helm/registry/config.json')]),
  ];
}

/** `Basic …`, as a header has it. */
export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function readConfig(file: string): Config | undefined {
  try {
    const text = readIfThere(file);
    return text === undefined ? undefined : (JSON.parse(text) as Config);
  } catch (error) {
    throw new Failure('prerequisite', {
      what: `The logins in ${file} cannot be read`,
      why: error instanceof SyntaxError ? 'it is not JSON' : reasonOf(error),
      next: [`cat ${file}`],
    });
  }
}

async function fromHelper(context: Context, config: Config, host: string): Promise<Credentials | undefined> {
  const keys = keysOf(host);
  const own = keys.map((key) => config.credHelpers?.[key]).find((name) => name !== undefined);
  const helper = own ?? config.credsStore;
  if (!helper) return undefined;
  return askHelper(context, helper, host === 'docker.io' ? dockerHubKey : host);
}

function fromFile({ auths = {} }: Config, host: string): Credentials | undefined {
  const login = keysOf(host)
    .map((key) => auths[key])
    .find((each) => each !== undefined && each !== null && Object.keys(each).length > 0);
  if (!login) return undefined;
  if (login.identitytoken) return { kind: 'identityToken', token: login.identitytoken };
  const [username, password] = login.auth ? splitAuth(login.auth) : [login.username, login.password];
  return username && password ? { kind: 'password', username, password } : undefined;
}

/** A password may have colons. */
function splitAuth(auth: string): readonly [string, string] {
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Docker wrote hosts as URLs once, and some tools still do. */
function keysOf(host: string): readonly string[] {
  const hub = host === 'docker.io' ? [dockerHubKey, 'index.docker.io', 'registry-1.docker.io'] : [];
  return [...hub, host, `https://${host}`, `https://${host}/`, `https://${host}/v1/`, `https://${host}/v2/`];
}

function secretsOf(credentials: Credentials): readonly string[] {
  switch (credentials.kind) {
    case 'password':
      return [credentials.password, `${credentials.username}:${credentials.password}`];
    case 'identityToken':
      return [credentials.token];
  }
}
