import type { Store } from '../manifest/schema/store.ts';

/** From where a Store is reached. */
export type Reach = 'host' | 'container' | 'cluster';

const annotations = {
  host: 'datakit.infoblox.dev/host-endpoint',
  container: 'datakit.infoblox.dev/container-endpoint',
} as const;

/** The `host:port` that fits, or undefined where the Store is to be used as it is. */
export function endpointFor(store: Store, reach: Reach): string | undefined {
  return reach === 'cluster' ? undefined : store.metadata.annotations?.[annotations[reach]];
}

/** Annotations of a Store that dk makes. */
export function endpointAnnotations(endpoints: { readonly host: string; readonly container?: string }) {
  return {
    [annotations.host]: endpoints.host,
    ...(endpoints.container === undefined ? {} : { [annotations.container]: endpoints.container }),
  };
}

/** Puts an address into connection_string, host and port, and endpoint alike. */
export function applyEndpoint(
  fields: Readonly<Record<string, string>>,
  endpoint: string | undefined,
): Readonly<Record<string, string>> {
  if (endpoint === undefined) return fields;
  const { host, port } = splitEndpoint(endpoint);
  const { connection_string, endpoint: url } = fields;
  const named = 'host' in fields || 'port' in fields;
  return {
    ...fields,
    ...(connection_string !== undefined && { connection_string: withAuthority(connection_string, endpoint) }),
    ...(url !== undefined && { endpoint: withAuthority(url, endpoint) }),
    ...(named && { host }),
    ...(named && port !== undefined && { port }),
  };
}

/** The keys of a local Store's Secret that hold an address, where it is another one from there; in the Secret stands the cluster's. */
export function addressKeys(store: Store, reach: Reach): Readonly<Record<string, string>> {
  const endpoint = endpointFor(store, reach);
  if (endpoint === undefined) return {};
  const { host, port } = splitEndpoint(endpoint);
  switch (store.spec.connector) {
    case 'postgres':
      return { PG_HOST: host, ...(port !== undefined && { PG_PORT: port }) };
    case 's3':
      return { S3_ENDPOINT: `http://${endpoint}` };
    default:
      return {};
  }
}

/** `host:port`, `[::1]:port` or a host alone; a host is given without brackets. */
function splitEndpoint(endpoint: string): { readonly host: string; readonly port: string | undefined } {
  const [, inBrackets, plain = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(endpoint) ?? [];
  return { host: inBrackets ?? (plain || endpoint), port };
}

/** Replaces host and port of `scheme://user@host:port/path`, or of a bare `host:port`. */
function withAuthority(text: string, endpoint: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/(?:[^@/?#]*@)?)?[^/?#]*/i, (_, before = '') => before + endpoint);
}
