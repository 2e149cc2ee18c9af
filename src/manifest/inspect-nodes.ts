import { isAlias, isMap, isPair, isScalar, isSeq, type ParsedNode } from 'yaml';
import type { Path } from './problem.ts';

interface Unsound {
  readonly node: ParsedNode;
  readonly path: Path;
  readonly message: string;
}

/** What YAML allows and a manifest does not: repeated keys, keys that reach a prototype, infinite numbers, aliases of nothing. */
export function inspectNodes(root: ParsedNode | null): readonly Unsound[] {
  const anchors = new Set<string>();
  return [...inspect(root, [], anchors)];
}

function* inspect(node: ParsedNode | null, path: Path, anchors: Set<string>): Generator<Unsound> {
  if (isAlias(node)) {
    if (!anchors.has(node.source)) yield { node, path, message: 'this alias has no anchor before it' };
    return;
  }
  // Until its end an anchor stands for nothing: an alias inside it would make a value that contains itself.
  if (node?.anchor !== undefined) anchors.delete(node.anchor);
  if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) {
    yield { node, path, message: 'must be a finite number' };
  }
  if (isSeq(node)) yield* inspectItems(node.items, path, anchors);
  if (isMap(node)) yield* inspectPairs(node.items, path, anchors);
  if (node?.anchor !== undefined) anchors.add(node.anchor);
}

function* inspectItems(items: readonly unknown[], path: Path, anchors: Set<string>): Generator<Unsound> {
  for (const [index, item] of items.entries()) {
    // A flow sequence may hold `key: value`, which stands for a map of one pair.
    if (isPair(item)) yield* inspectPairs([item as ParsedPair], [...path, index], anchors);
    else yield* inspect(item as ParsedNode, [...path, index], anchors);
  }
}

interface ParsedPair {
  readonly key: ParsedNode;
  readonly value: ParsedNode | null;
}

function* inspectPairs(pairs: readonly ParsedPair[], path: Path, anchors: Set<string>): Generator<Unsound> {
  const seen = new Set<string>();
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? String(key.value) : '';
    const here = [...path, name];
    if (isAlias(key)) yield { node: key, path, message: 'a key cannot be an alias' };
    if (name === '__proto__') yield { node: key, path: here, message: 'this key is not allowed' };
    if (seen.has(name)) yield { node: key, path: here, message: 'this key stands here twice' };
    seen.add(name);
    yield* inspect(value, here, anchors);
  }
}
