import { isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

/** From an offset up to, not including, another. */
export type Range = readonly [from: number, to: number];

export function insert(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}

/** Whole lines away, with the line break that parts them from what is before. */
export function cutLines(text: string, [from, to]: Range): string {
  const { length } = eolOf(text);
  return from === 0 ? text.slice(to + length) : text.slice(0, from - length) + text.slice(to);
}

export function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** The pair of a key at the top. */
export function pairOf(map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  const pairs = map.items as readonly Pair<Node, Node | null>[];
  return pairs.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** Where the line of a key begins, and the offset behind its colon. */
export function keyRange(text: string, { key }: Pair<Node, Node | null>): Range {
  const [from, to] = rangeOf(key);
  return [lineStart(text, from), text.indexOf(':', to) + 1];
}

/** The lines of one item of a list, its dash and what is behind it on its last line included. */
export function itemRange(text: string, seq: YAMLSeq, index: number): Range {
  return [lineStart(text, dashOf(seq, index)), endOfLines(text, seq.items[index] as Node)];
}

/** What stands before the dash of a list's items. */
export function indentOf(text: string, seq: YAMLSeq): string {
  const dash = dashOf(seq, 0);
  return text.slice(lineStart(text, dash), dash);
}

/** The end of the last line that belongs to a node, before its line break. */
export function endOfLines(text: string, node: Node): number {
  let end = rangeOf(node)[1];
  while (end > 0 && /[\r\n]/.test(text[end - 1] ?? '')) end -= 1;
  return lineEnd(text, end);
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function dashOf(seq: YAMLSeq, index: number): number {
  const token = seq.srcToken?.type === 'block-seq' ? seq.srcToken.items[index] : undefined;
  const dash = token?.start.find(({ type }) => type === 'seq-item-ind');
  if (dash === undefined) throw new Error('an item of a YAML list has no dash');
  return dash.offset;
}

function rangeOf({ range }: Node): Range {
  if (!range) throw new Error('a YAML node was not parsed from text');
  return [range[0], range[1]];
}

export function isBlockList(value: unknown): value is YAMLSeq {
  return isSeq(value) && value.flow !== true && value.items.length > 0;
}
