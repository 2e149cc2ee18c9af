import { connectorOf, type KnownConnector } from '../../package/connectors.ts';
import { type Finding, finding, type Subject } from '../rule.ts';

const reference = /^\$\{[A-Za-z_][A-Za-z0-9_.-]*\}$/;
const secretName = /passw(or)?d|secret|token|private_?key|api_?key/i;

export function* secretsAreReferences({ stores, connectors }: Subject): Iterable<Finding> {
  for (const store of stores) {
    for (const [field, value] of Object.entries(store.value.spec.secrets ?? {})) {
      if (reference.test(value)) continue;
      const message = `must be a \${KEY} and nothing else, such as ${keyFor(field, connectorOf(store.value, connectors))}`;
      yield finding(store, ['spec', 'secrets', field], message, { secret: true });
    }
  }
}

export function* noSecretInConnection({ stores, connectors }: Subject): Iterable<Finding> {
  for (const store of stores) {
    const connector = connectorOf(store.value, connectors);
    const secretFields = connector?.fields?.secret ?? [];
    for (const [field, value] of Object.entries(store.value.spec.connection)) {
      const path = ['spec', 'connection', field];
      const named = secretFields.includes(field) || secretName.test(field);
      if (named && !String(value).includes('${')) {
        const message = `is a secret; say ${field}: ${keyFor(field, connector)} under secrets`;
        yield finding(store, path, message, { secret: true });
      } else if (typeof value === 'string' && holdsPassword(value)) {
        const message = 'holds a password; leave it out and say password: ${PG_PASS} under secrets';
        yield finding(store, path, message, { secret: true });
      }
    }
  }
}

/** A password in a URL or in libpq's `key=value` form, unless it is a `${KEY}`. */
function holdsPassword(text: string): boolean {
  const [, inUrl = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^:@/\s]*:(.*)@/is.exec(text) ?? [];
  const [, inPair = ''] = /\bpassword\s*=\s*'?([^\s'&]+)/i.exec(text) ?? [];
  // After a host and no user there is a port: `//host:5432/path@x`.
  const password = /^\d*([/?#]|$)/.test(inUrl) ? '' : inUrl;
  return [password, inPair].some((found) => found !== '' && !found.includes('${'));
}

export function* noSecretInVariables({ transform }: Subject): Iterable<Finding> {
  for (const [index, { name, value }] of (transform?.value.spec.env ?? []).entries()) {
    if (!transform || value === undefined || value === '' || value.includes('${')) continue;
    if (!secretName.test(name) && !holdsPassword(value)) continue;
    const message = 'looks like a secret; use valueFrom.secretKeyRef';
    yield finding(transform, ['spec', 'env', index, 'value'], message, { secret: true });
  }
}

export function* dotEnvIgnored({ transform, facts }: Subject): Iterable<Finding> {
  if (!transform || facts?.dotEnv !== 'exposed') return;
  yield finding(transform, [], 'beside this file is a .env that Git would take; write .env into .gitignore');
}

/** The key that dk itself would use, as a reference. */
function keyFor(field: string, connector: KnownConnector | undefined): string {
  const key = field.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  if (connector?.type === 'postgres') return `\${PG_${key.replace('PASSWORD', 'PASS').replace('USERNAME', 'USER')}}`;
  return connector?.type === 's3' ? `\${S3_${key}}` : `\${${key}}`;
}
