import { isCollection, isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import type { Path } from './problem.ts';

/**
 * The offset of a path in a document, or of its nearest parent that exists. A short value is found at the value, a block or an
 * empty value at its key, as is everything when the key is asked for.
 */
export function locate(root: ParsedNode | null, path: Path, part: 'key' | 'value' = 'value'): number {
  let node = root;
  let offset = root?.range[0] ?? 0;
  for (const [index, segment] of path.entries()) {
    const step = stepInto(node, segment);
    if (step === undefined) return offset;
    const wantsKey = part === 'key' && index === path.length - 1;
    offset = wantsKey || !standsOnOneLine(step.value) ? step.offset : step.value.range[0];
    node = step.value;
  }
  return offset;
}

function stepInto(node: ParsedNode | null, segment: string | number) {
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
    return pair && { offset: pair.key.range[0], value: pair.value };
  }
  if (isSeq<ParsedNode>(node) && typeof segment === 'number') {
    const item = node.items[segment];
    return item?.range && { offset: item.range[0], value: item };
  }
  return undefined;
}

function standsOnOneLine(node: ParsedNode | null): node is ParsedNode {
  if (isCollection(node)) return node.flow === true;
  return isScalar(node) ? node.value !== null && !String(node.type).startsWith('BLOCK') : node !== null;
}
