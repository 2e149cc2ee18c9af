import { Failure, type FailureKind } from '../failure.ts';

/** The Secret of a cell that is searched after the Secret named as the Store. */
export const sharedSecret = 'cell-secrets';

const reservedCells: readonly string[] = ['infra', 'system'];
const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const secretKey = /^[-._a-zA-Z0-9]{1,253}$/;

/** A cell as the command line accepts it, `canary` or `cell:canary`, without the prefix. */
export function parseCellName(text: string): string {
  return checkCellName(text.startsWith('cell:') ? text.slice('cell:'.length) : text);
}

/** The name itself, or a Failure that says which rule it breaks. */
export function checkCellName(name: string, kind: FailureKind = 'usage'): string {
  const broken = brokenCellRule(name);
  if (broken === undefined) return name;
  throw new Failure(kind, {
    what: `${JSON.stringify(name)} cannot be the name of a cell`,
    why: broken,
    next: 'Choose a name such as canary or dev-jane',
  });
}

function brokenCellRule(name: string): string | undefined {
  if (!dnsLabel.test(name))
    return 'a name has lower-case letters, digits and hyphens, and begins and ends with no hyphen';
  if (name.length > 40) return `it has ${name.length} characters, and 40 is the limit`;
  if (name.includes('--')) return 'two hyphens in a row are not allowed';
  if (reservedCells.includes(name)) return `${reservedCells.join(' and ')} are reserved`;
  return undefined;
}

/** Whether a cell of this name can exist; other names never become paths. */
export function isCellName(name: string): boolean {
  return brokenCellRule(name) === undefined;
}

/** Whether a Store of this name can exist. */
export function isStoreName(name: string): boolean {
  return dnsLabel.test(name);
}

/** Whether a Secret or ConfigMap of this name can exist. */
export function isObjectName(name: string): boolean {
  return dnsSubdomain.test(name);
}

/** The name itself, or a Failure; the rule is Kubernetes' for Secrets and ConfigMaps. */
export function checkObjectName(kind: 'Secret' | 'ConfigMap', name: string): string {
  if (isObjectName(name)) return name;
  throw new Failure('invalid', {
    what: `${JSON.stringify(name)} cannot be the name of a ${kind}`,
    why: 'a name has lower-case letters, digits, hyphens and dots, and begins and ends with a letter or digit',
  });
}

/** The name itself, or a Failure. */
export function checkStoreName(name: string): string {
  if (isStoreName(name)) return name;
  throw new Failure('invalid', {
    what: `${JSON.stringify(name)} cannot be the name of a Store`,
    why: 'a name has at most 63 lower-case letters, digits and hyphens, and begins and ends with no hyphen',
  });
}

/** Fails on an impossible key; shows only its beginning, since `KEY=value` is how a value gets here by mistake. */
export function checkKeys(keys: readonly string[]): void {
  const wrong = keys.find((key) => !secretKey.test(key));
  if (wrong === undefined) return;
  const beginning = /^[-._a-zA-Z0-9]*/.exec(wrong)?.[0] ?? '';
  throw new Failure('invalid', {
    what: wrong === '' ? 'A key of a Secret cannot be empty' : `"${beginning}…" cannot be a key`,
    why: 'a key has at most 253 letters, digits, hyphens, underscores and dots',
  });
}
