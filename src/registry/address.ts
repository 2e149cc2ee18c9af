import { Failure } from '../failure.ts';

/** A registry's server, and the namespace below which its packages' repositories are. */
export interface RegistryAddress {
  /** As it stands in references: `localhost:5000`, `ghcr.io`. */
  readonly host: string;
  /** `team` or `team/data`; empty where the repositories stand at the top. */
  readonly namespace: string;
  /** Where requests go: `https://ghcr.io`. */
  readonly origin: string;
}

const part = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const form = new RegExp(
  `^(?:(oci|https?)://)?([A-Za-z0-9.-]+(?::\\d{1,5})?|\\[[0-9a-fA-F:]+\\](?::\\d{1,5})?)((?:/${part})*)/?$`,
);

/** Docker Hub answers under another name than the one in its references. */
const dockerHub = { names: ['docker.io', 'index.docker.io'], host: 'docker.io', server: 'registry-1.docker.io' };

/** Reads `[oci://]host[:port][/namespace]`; plain HTTP for loopback addresses, for others only when it is asked for. */
export function parseRegistryAddress(text: string, plainHttp = false): RegistryAddress {
  const [, scheme = 'oci', host = '', path = ''] = form.exec(text.trim()) ?? [];
  if (!/[.:]|^localhost$/.test(host)) throw notAnAddress(text);
  if (scheme === 'http' && !plainHttp && !isLoopback(host)) throw inTheOpen(text);
  const isPlain = scheme !== 'https' && (plainHttp || isLoopback(host));
  const hub = dockerHub.names.includes(host);
  return {
    host: hub ? dockerHub.host : host,
    namespace: path.slice(1),
    origin: `${isPlain ? 'http' : 'https'}://${hub ? dockerHub.server : host}`,
  };
}

/** `host/namespace`, as people and charts write it. */
export function formatRegistryAddress({ host, namespace }: RegistryAddress): string {
  return namespace === '' ? host : `${host}/${namespace}`;
}

/** The repository of a package, or of whatever else stands below the namespace. */
export function repositoryOf({ namespace }: RegistryAddress, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** Whether a host, with or without a port, is this machine whatever its name servers say. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function notAnAddress(text: string): Failure {
  return new Failure('usage', {
    what: `${JSON.stringify(text)} is not the address of a registry`,
    why: 'It has the form host[:port][/namespace], in lower case; the host has a dot or a port, or is localhost',
    next: ['--registry localhost:5000', '--registry ghcr.io/my-team'],
  });
}

function inTheOpen(text: string): Failure {
  return new Failure('usage', {
    what: `${text} asks for plain HTTP`,
    why: 'Over it anybody on the way can read the login and change what is sent; dk uses it for this machine only',
    next: [`--registry ${text.trim().replace(/^http:/, 'https:')}`, 'Where that is meant: --plain-http'],
  });
}
