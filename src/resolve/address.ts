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
  const [host, port] = splitEndpoint(endpoint);
  const replacement = {
    ...('connection_string' in fields && { connection_string: withAuthority(fields['connection_string'], endpoint) }),
    ...('endpoint' in fields && { endpoint: withAuthority(fields['endpoint'], endpoint) }),
    ...('host' in fields && { host }),
    ...(('host' in fields || 'port' in fields) && { port }),
  };
  return { ...fields, ...replacement };
}

/** The keys of a local Store's Secret that hold an address, as seen from the host. */
export function hostAddressKeys(store: Store): Readonly<Record<string, string>> {
  const endpoint = endpointFor(store, 'host');
  if (endpoint === undefined) return {};
  const [host, port] = splitEndpoint(endpoint);
  return store.spec.connector === 's3'
    ? { S3_ENDPOINT: `http://${endpoint}` }
    : { PG_HOST: host, PG_PORT: port };
}

function splitEndpoint(endpoint: string): [host: string, port: string] {
  const colon = endpoint.lastIndexOf(':');
  return [endpoint.slice(0, colon), endpoint.slice(colon + 1)];
}

/** Replaces host and port of `scheme://user@host:port/path`, or of a bare `host:port`. */
function withAuthority(text: string | undefined, endpoint: string): string {
  return (text ?? '').replace(/^([a-z][a-z0-9+.-]*:\/\/(?:[^@/?#]*@)?)?[^/?#]*/i, (_, before = '') => before + endpoint);
}
