import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { Failure, reasonOf } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import { Transform } from '../manifest/schema/transform.ts';
import { type Finding, validate } from '../manifest/validate.ts';

/** The package with `--set path=value` put into its Transform's spec, as `helm --set` writes paths; usage Failure if that is not valid. */
export function applySettings(pkg: Package, settings: readonly string[]): Package {
  if (settings.length === 0) return pkg;
  const parsed = settings.map(parseSetting);
  let value = withSettings(pkg.transform.value, parsed);
  // `image=1.10` and `env[0].value=8080` are meant as texts where only a text is valid.
  const mistyped = errorsIn(value).map(({ path }) => path.slice(1));
  const asTexts = parsed.map((setting) =>
    mistyped.some((path) => isDeepStrictEqual(path, setting.path)) ? { ...setting, value: setting.text } : setting,
  );
  if (mistyped.length > 0) value = withSettings(pkg.transform.value, asTexts);
  const findings = errorsIn(value);
  if (findings.length === 0) return { ...pkg, transform: { ...pkg.transform, value } };
  throw new Failure('usage', {
    what: '--set makes an invalid Transform',
    why: findings.map(({ path, message }) => `${path.join('.')}: ${message}`),
  });
}

interface Setting {
  /** Below `spec`. */
  readonly path: readonly (string | number)[];
  readonly text: string;
  /** The text as YAML reads it. */
  readonly value: unknown;
}

function parseSetting(setting: string): Setting {
  const [, written, text] = /^(?:spec\.)?([^=]+)=(.*)$/s.exec(setting) ?? [];
  if (written === undefined || text === undefined) throw malformed(setting);
  const path = [...written.matchAll(/(?:^|\.)((?:\\.|[^.[\]\\])+)|\[(\d+)\]/g)].map(([, name, index]) =>
    index === undefined ? (name ?? '').replaceAll(/\\(.)/g, '$1') : Number(index),
  );
  if (path.length === 0 || pathText(path) !== written.replaceAll(/\\(.)/g, '$1')) throw malformed(setting);
  const forbidden = path.find((name) => ['__proto__', 'constructor', 'prototype'].includes(String(name)));
  if (forbidden !== undefined) throw new Failure('usage', { what: `--set cannot set ${forbidden}` });
  return { path, text, value: parseValue(setting, text) };
}

function malformed(setting: string): Failure {
  return new Failure('usage', {
    what: `--set ${setting} is not of the form path=value`,
    next: ['--set timeout=30s', '--set env[0].value=debug'],
  });
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((name, at) => (typeof name === 'number' ? `[${name}]` : `${at === 0 ? '' : '.'}${name}`)).join('');
}

/** Nothing is the empty text, not YAML's null. */
function parseValue(setting: string, text: string): unknown {
  try {
    return text === '' ? '' : parse(text, { logLevel: 'error' });
  } catch (error) {
    throw new Failure('usage', { what: `--set ${setting} has a value that is no YAML`, why: reasonOf(error) });
  }
}

function withSettings(transform: Transform, settings: readonly Setting[]): Transform {
  const value = structuredClone(transform);
  for (const setting of settings) put(value.spec, setting);
  return value;
}

type Node = Record<string | number, unknown>;

function put(spec: object, { path, value }: Setting): void {
  const parents = path.slice(0, -1);
  const parent = parents.reduce<Node>((node, name, at) => child(node, name, path, at), spec as Node);
  const last = path.at(-1) ?? '';
  checkPlace(parent, last, path);
  parent[last] = value;
}

/** The mapping or list below a name; made where there is none, a list where an index follows. */
function child(node: Node, name: string | number, path: Setting['path'], at: number): Node {
  checkPlace(node, name, path);
  const found = Object.hasOwn(node, name) ? node[name] : undefined;
  if (typeof found === 'object' && found !== null) return found as Node;
  const made = (typeof path[at + 1] === 'number' ? [] : {}) as Node;
  node[name] = made;
  return made;
}

/** A list has no names, and no holes. */
function checkPlace(node: Node, name: string | number, path: Setting['path']): void {
  if (Array.isArray(node) !== (typeof name === 'number')) {
    const found = Array.isArray(node) ? `a list: use [${node.length === 0 ? 0 : `0] to [${node.length}`}]` : 'no list';
    throw new Failure('usage', { what: `--set ${pathText(path)}: what holds ${name} is ${found}` });
  }
  if (typeof name !== 'number' || !Array.isArray(node) || name <= node.length) return;
  throw new Failure('usage', {
    what: `--set ${pathText(path)}: the list has ${node.length} items, and [${node.length}] is the next`,
  });
}

function errorsIn(transform: Transform): readonly Finding[] {
  return validate(Transform, transform).filter(({ severity }) => severity === 'error');
}
