import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml';
import { editMapping } from '../../cells/edit-yaml.ts';
import { isMapping, type Mapping } from '../../manifest/mapping.ts';

/** The text of a values.yaml brought to `values`; where values change and keys come, every other character stays. */
export function editValues(text: string, values: Mapping): string {
  const { contents } = parseDocument(text);
  const edits = isMap(contents) && canGrow(text, contents) ? editsOf(contents, values) : undefined;
  if (!edits || !isMap(contents)) return editMapping(text, values);
  const added = Object.entries(values).filter(([key]) => !contents.has(key));
  // From the end, so that the places of those before stay.
  const edited = edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((whole, { start, end, text: by }) => whole.slice(0, start) + by + whole.slice(end), text);
  if (added.length === 0) return edited;
  return `${edited.trimEnd()}\n${stringify(Object.fromEntries(added), writing)}`;
}

/** Whether another line at the end of the text is another key. */
function canGrow(text: string, { flow, range }: YAMLMap): boolean {
  const start = range?.[0] ?? 0;
  return !flow && (start === 0 || text[start - 1] === '\n') && !/^\.\.\./m.test(text);
}

const writing = { lineWidth: 0, compat: 'yaml-1.1' } as const;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Undefined where a key goes, or comes and may not, or a value that is not written on one line changes. */
function editsOf(map: YAMLMap, wanted: Mapping, mayGrow = true): readonly Edit[] | undefined {
  const keys = map.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
  const fits =
    keys.every((key) => Object.hasOwn(wanted, key)) && (mayGrow || keys.length === Object.keys(wanted).length);
  if (!fits) return undefined;
  const edits: Edit[] = [];
  for (const key of keys) {
    const value = wanted[key];
    const node = map.get(key, true) as unknown;
    const own = isMap(node) && isMapping(value) ? editsOf(node, value, false) : editOf(node, value);
    if (!own) return undefined;
    edits.push(...own);
  }
  return edits;
}

function editOf(node: unknown, value: unknown): readonly Edit[] | undefined {
  if (!isScalar(node)) return isSame(node, value) ? [] : undefined;
  if (node.value === value) return [];
  const { range, type, anchor } = node;
  const isPlain = type === 'PLAIN' || type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE';
  if (!range || !isPlain || anchor !== undefined || typeof value !== 'string') return undefined;
  const text = new Document(value, writing);
  if (isScalar(text.contents)) text.contents.type = type;
  return [{ start: range[0], end: range[1], text: text.toString(writing).trimEnd() }];
}

/** A list, or whatever else is not looked into. */
function isSame(node: unknown, value: unknown): boolean {
  return typeof node === 'object' && node !== null && 'toJSON' in node && typeof node.toJSON === 'function'
    ? isDeepStrictEqual(node.toJSON(), value)
    : false;
}
