import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { Failure, reasonOf } from '../failure.ts';
import type { Path } from '../manifest/problem.ts';

/**
 * A copy of plain data with `--set path=value` put into it, as `helm --set` writes paths; `faults` are the paths of what is
 * wrong in it. Usage Failure for what cannot be put anywhere.
 */
export function withSettings<Data extends object>(
  data: Data,
  settings: readonly string[],
  faults: (data: Data) => readonly Path[],
): Data {
  const parsed = settings.map(parseSetting);
  const changed = copyWith(data, parsed);
  const mistyped = faults(changed);
  if (mistyped.length === 0) return changed;
  // `image=1.10` and `env[0].value=8080` are meant as texts where only a text is valid.
  const isMistyped = ({ path }: Setting) => mistyped.some((each) => isDeepStrictEqual(each, path));
  return copyWith(
    data,
    parsed.map((setting) => (isMistyped(setting) ? { ...setting, value: setting.text } : setting)),
  );
}

function copyWith<Data extends object>(data: Data, settings: readonly Setting[]): Data {
  const copy = structuredClone(data);
  for (const setting of settings) putSetting(copy, setting);
  return copy;
}

/** One `--set path=value`. */
interface Setting {
  readonly path: Path;
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

function pathText(path: Path): string {
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

type Node = Record<string | number, unknown>;

/** What holds the value is made where it is missing. */
function putSetting(whole: object, { path, value }: Setting): void {
  const parents = path.slice(0, -1);
  const parent = parents.reduce<Node>((node, name, at) => child(node, name, path, at), whole as Node);
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
