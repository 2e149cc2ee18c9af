import { Document, isMap, isSeq, type Node, type Pair, parseAllDocuments, stringify, type YAMLMap } from 'yaml';
import { isMapping, type Mapping } from '../manifest/mapping.ts';
import {
  cutLines,
  endOfLines,
  eolOf,
  indentOf,
  insert,
  isBlockList,
  itemRange,
  keyRange,
  lineEnd,
  pairOf,
} from './kubeconfig-lines.ts';

/** The three lists of a kubeconfig; their entries have names. */
export type List = 'clusters' | 'contexts' | 'users';

export type Entry = Mapping & { readonly name: string };

/** The text cannot be edited; the message quotes nothing of it. */
export class NotAKubeconfig extends Error {
  override readonly name = 'NotAKubeconfig';
}

/** What dk puts before the first entry: into a file of its own, or one that had nothing but comments. */
const heads = {
  made: '# Made by "dk dev up"; goes with its last entry.\napiVersion: v1\nkind: Config\n',
  filled: '# Filled by "dk dev up"; had no content before.\napiVersion: v1\nkind: Config\n',
};
/** Stands before the empty value that a key had before it got ours. */
const was = ' # was';

/** An entry of a list by its name. */
export function findEntry(text: string | undefined, list: List, name: string): Mapping | undefined {
  const { document } = parse(text ?? '');
  const content: unknown = document.toJS({ maxAliasCount: 100 });
  const entries = isMapping(content) ? content[list] : undefined;
  return Array.isArray(entries) ? entries.filter(isMapping).find((entry) => entry['name'] === name) : undefined;
}

/** The text with an entry in the place of the one of its name, or at the end of its list; all else keeps its bytes. */
export function putEntry(text: string, list: List, entry: Entry): string {
  const { document, map } = parse(text);
  const pair = map && pairOf(map, list);
  if (!map || isFlow(map, pair)) return putInFlow(document, list, entry);
  const eol = eolOf(text);
  if (isBlockList(pair?.value)) {
    const seq = pair.value;
    const lines = linesOf(entry, indentOf(text, seq), eol);
    const index = seq.items.findIndex((item) => nameOf(item) === entry.name);
    if (index < 0) return insert(text, itemRange(text, seq, seq.items.length - 1)[1], `${eol}${lines}`);
    const [from, to] = itemRange(text, seq, index);
    return text.slice(0, from) + lines + text.slice(to);
  }
  const lines = `${eol}${linesOf(entry, '', eol)}`;
  if (pair === undefined) return insert(text, endOfLines(text, map), `${eol}${list}:${lines}`);
  const [, colon] = keyRange(text, pair);
  return insert(insert(text, lineEnd(text, colon), lines), colon, was);
}

/** The text without an entry; what `putEntry` added goes to the byte. */
export function dropEntry(text: string, list: List, name: string): string {
  const { document, map } = parse(text);
  const pair = map && pairOf(map, list);
  if (!isSeq(pair?.value)) return text;
  const index = pair.value.items.findIndex((item) => nameOf(item) === name);
  if (index < 0) return text;
  if (!isBlockList(pair.value) || map?.flow) {
    pair.value.delete(index);
    return document.toString(writing);
  }
  const [from, to] = itemRange(text, pair.value, index);
  if (pair.value.items.length > 1) return cutLines(text, [from, to]);
  const [line, colon] = keyRange(text, pair);
  if (!text.startsWith(was, colon)) return cutLines(text, [line, to]);
  const rest = cutLines(text, [from, to]);
  return rest.slice(0, colon) + rest.slice(colon + was.length);
}

/** The current context; undefined when there is none. */
export function currentContext(text: string): string | undefined {
  const value: unknown = parse(text).map?.get('current-context');
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text with a current context, which it must not have yet. */
export function putCurrentContext(text: string, name: string): string {
  const { document, map } = parse(text);
  if (!map || map.flow) {
    document.set('current-context', name);
    return document.toString(writing);
  }
  const pair = pairOf(map, 'current-context');
  if (pair === undefined) return insert(text, endOfLines(text, map), `${eolOf(text)}current-context: ${name}`);
  return insert(text, keyRange(text, pair)[1], ` ${name}${was}`);
}

/** The text without its current context. */
export function dropCurrentContext(text: string): string {
  const { document, map } = parse(text);
  const pair = map && pairOf(map, 'current-context');
  if (!pair) return text;
  if (map.flow) {
    document.delete('current-context');
    return document.toString(writing);
  }
  const [line, colon] = keyRange(text, pair);
  const ours = ` ${currentContext(text) ?? ''}${was}`;
  if (!text.startsWith(ours, colon)) return cutLines(text, [line, lineEnd(text, colon)]);
  return text.slice(0, colon) + text.slice(colon + ours.length);
}

/** A text that entries can be put into, of a file that may not be there, or has nothing in it. */
export function withHead(text: string | undefined): string {
  if (text === undefined) return heads.made;
  if (parse(text).map) return text;
  return text === '' ? heads.filled : `${text}\n${heads.filled}`;
}

/** What `withHead` was given, if nothing but what it added is left; undefined for a file that it made. */
export function withoutHead(text: string): string | undefined {
  if (text === heads.made) return undefined;
  if (text === heads.filled) return '';
  return text.endsWith(`\n${heads.filled}`) ? text.slice(0, -heads.filled.length - 1) : text;
}

const writing = { lineWidth: 0 } as const;

function parse(text: string): { readonly document: Document; readonly map: YAMLMap | undefined } {
  const documents = parseAllDocuments(text, { keepSourceTokens: true, logLevel: 'silent' });
  const document: Document = documents[0] ?? new Document(null);
  if (documents.length > 1) throw new NotAKubeconfig('it has several YAML documents');
  if (document.errors.length > 0) throw new NotAKubeconfig(`it is not YAML (${document.errors[0]?.code})`);
  if (isMap(document.contents)) return { document, map: document.contents };
  if (document.toJS() === null) return { document, map: undefined };
  throw new NotAKubeconfig('it is not a mapping');
}

/** JSON, which has no lines to insert: it is written anew. */
function isFlow(map: YAMLMap, pair: Pair<Node, Node | null> | undefined): boolean {
  return map.flow === true || (isSeq(pair?.value) && pair.value.flow === true && pair.value.items.length > 0);
}

function putInFlow(document: Document, list: List, entry: Entry): string {
  const entries: unknown = document.get(list);
  if (isSeq(entries)) {
    entries.items = entries.items.filter((item) => nameOf(item) !== entry.name);
    entries.add(document.createNode(entry));
  } else document.set(list, document.createNode([entry]));
  return document.toString(writing);
}

function nameOf(item: unknown): unknown {
  return isMap(item) ? item.get('name') : undefined;
}

function linesOf(entry: Entry, indent: string, eol: string): string {
  const lines = stringify([entry], writing).trimEnd().split('\n');
  return lines.map((line) => `${indent}${line}`).join(eol);
}
