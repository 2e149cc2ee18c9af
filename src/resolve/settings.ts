import { parse } from 'yaml';
import { Failure } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import { Transform } from '../manifest/schema/transform.ts';
import { validate } from '../manifest/validate.ts';

/** The package with `--set path=value` put into its Transform's spec, as `helm --set` writes paths; usage Failure if that is not valid. */
export function applySettings(pkg: Package, settings: readonly string[]): Package {
  if (settings.length === 0) return pkg;
  const value = structuredClone(pkg.transform.value);
  for (const setting of settings) applySetting(value.spec, setting);
  const findings = validate(Transform, value).filter(({ severity }) => severity === 'error');
  if (findings.length > 0) {
    throw new Failure('usage', {
      what: '--set makes an invalid Transform',
      why: findings.map(({ path, message }) => `${path.join('.')}: ${message}`),
    });
  }
  return { ...pkg, transform: { ...pkg.transform, value } };
}

function applySetting(spec: object, setting: string): void {
  const [, path, text] = /^(?:spec\.)?([^=]+)=(.*)$/s.exec(setting) ?? [];
  if (path === undefined || text === undefined) {
    throw new Failure('usage', { what: `--set ${setting} is not of the form path=value`, next: '--set timeout=30s' });
  }
  const names = path.split(/\.|\[(\d+)\]/).filter((name) => name);
  const last = names.pop() ?? '';
  const parent = names.reduce<Record<string, unknown>>((node, name) => child(node, name), spec as Record<string, unknown>);
  refuse(last);
  parent[last] = parse(text);
}

/** The map or list below a name; made where there is none. */
function child(node: Record<string, unknown>, name: string): Record<string, unknown> {
  refuse(name);
  const found = Object.hasOwn(node, name) ? node[name] : undefined;
  if (typeof found === 'object' && found !== null) return found as Record<string, unknown>;
  const made: Record<string, unknown> = {};
  node[name] = made;
  return made;
}

function refuse(name: string): void {
  if (['__proto__', 'constructor', 'prototype'].includes(name)) throw new Failure('usage', { what: `--set cannot set ${name}` });
}
