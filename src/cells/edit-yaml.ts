import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isNode, parseAllDocuments, parseDocument, visit, type YAMLMap } from 'yaml';
import { isMapping } from '../manifest/mapping.ts';

/** Which document of a file is meant. */
export interface Which {
  readonly kind: string;
  readonly name: string;
}

// What YAML 1.1, which kubectl reads, would take for something else than a string is put in quotes.
const reading = { compat: 'yaml-1.1' } as const;
const writing = { lineWidth: 0 } as const;

/** A file's text with one document brought to `value`; comments and order stay where the content does. */
export function editDocument(text: string, which: Which, value: object): string {
  const documents: Document[] = parseAllDocuments(text, reading);
  for (const document of documents.filter((document) => is(document, which))) {
    if (isMap(document.contents) && !hasAliases(document)) mergeMap(document, document.contents, value);
    else document.contents = document.createNode(value);
  }
  return textOf(documents);
}

/** A file's text without one document; undefined when nothing but comments would be left. */
export function removeDocument(text: string, which: Which): string | undefined {
  const rest: Document[] = parseAllDocuments(text, reading).filter((document) => !is(document, which));
  return rest.some((document) => document.contents !== null) ? textOf(rest) : undefined;
}

/** A file's text, if there is one, with one more document. */
export function addDocument(text: string | undefined, document: string): string {
  return text === undefined || text.trim() === '' ? document : `${text.trimEnd()}\n---\n${document}`;
}

/** The text of a file that is one mapping, brought to `value`; comments, order and style stay where the content does. */
export function editMapping(text: string, value: object): string {
  const document: Document = parseDocument(text, reading);
  if (isMap(document.contents) && !hasAliases(document)) mergeMap(document, document.contents, value);
  else document.contents = document.createNode(value);
  return document.toString(writing);
}

function textOf(documents: readonly Document[]): string {
  return documents.map((document) => document.toString(writing)).join('');
}

function is(document: Document, { kind, name }: Which): boolean {
  const value: unknown = document.toJS();
  return isMapping(value) && value.kind === kind && isMapping(value.metadata) && value.metadata.name === name;
}

/** Part of such a document cannot change without the other places that mean the same node. */
function hasAliases(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function mergeMap(document: Document, map: YAMLMap, value: object): void {
  const wanted = new Map<unknown, unknown>(Object.entries(value));
  const present = new Map<unknown, unknown>(Object.entries(map.toJS(document)));
  for (const key of present.keys()) if (!wanted.has(key)) map.delete(key);
  for (const [key, next] of wanted) {
    const node = map.get(key, true);
    if (isMap(node) && isMapping(next)) mergeMap(document, node, next);
    else if (!isDeepStrictEqual(present.get(key), next)) map.set(key, createNode(document, next, node));
  }
}

/** The new node takes over the comments of the old one. */
function createNode(document: Document, value: unknown, old: unknown) {
  const node = document.createNode(value);
  if (isNode(old) && isNode(node)) {
    node.comment = old.comment ?? null;
    node.commentBefore = old.commentBefore ?? null;
  }
  return node;
}
