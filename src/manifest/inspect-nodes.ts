import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { Path } from './problem.ts';

interface Unsound {
  readonly node: ParsedNode;
  readonly path: Path;
  readonly message: string;
}

/**
 * What YAML allows and a manifest does not: repeated keys, keys that reach a prototype, numbers that JSON cannot keep, aliases
 * of nothing or of what they stand in.
 */
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
  if (isScalar(node)) yield* inspectNumber(node, path);
  if (isSeq<ParsedNode>(node)) {
    for (const [index, item] of node.items.entries()) yield* inspect(item, [...path, index], anchors);
  }
  if (isMap<ParsedNode, ParsedNode | null>(node)) yield* inspectPairs(node, path, anchors);
  if (node?.anchor !== undefined) anchors.add(node.anchor);
}

function* inspectNumber(node: Scalar.Parsed, path: Path): Generator<Unsound> {
  if (typeof node.value !== 'number') return;
  if (!Number.isFinite(node.value)) yield { node, path, message: 'must be a finite number' };
  else if (Math.abs(node.value) > Number.MAX_SAFE_INTEGER && /^[+-]?\d+$/.test(node.source)) {
    yield { node, path, message: 'has more digits than a number keeps; put it in quotes' };
  }
}

function* inspectPairs(map: YAMLMap.Parsed, path: Path, anchors: Set<string>): Generator<Unsound> {
  const seen = new Set<string>();
  for (const { key, value } of map.items) {
    // The reader has refused every other key.
    const name = isScalar(key) ? String(key.value) : '';
    const here = [...path, name];
    if (name === '__proto__') yield { node: key, path: here, message: 'this key is not allowed' };
    if (seen.has(name)) yield { node: key, path: here, message: 'this key stands here twice' };
    seen.add(name);
    yield* inspect(key, here, anchors);
    yield* inspect(value, here, anchors);
  }
}
