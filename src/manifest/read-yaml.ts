import { Composer, type Document, LineCounter, type ParsedNode, Parser } from 'yaml';
import { inspectNodes } from './inspect-nodes.ts';
import { locate } from './locate.ts';
import type { Source } from './manifest.ts';
import { tooDeep } from './nesting.ts';
import type { Path, Position, Problem } from './problem.ts';
import { pathText } from './problem.ts';

/** One document of a file: its value as plain JSON, or what is wrong with its YAML. */
export type YamlDocument =
  | { readonly ok: true; readonly value: unknown; readonly source: Source }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const deepest = 64;
const mostAliases = 100;

// Keys are checked by inspectNodes: the library's own check for duplicates is quadratic.
const options = {
  prettyErrors: false,
  uniqueKeys: false,
  stringKeys: true,
  resolveKnownTags: false,
  schema: 'core',
  logLevel: 'silent',
} as const;

/** Reads every document of a YAML 1.2 text; empty ones are left out. Never throws, whatever the text. */
export function readYaml(text: string, file: string): readonly YamlDocument[] {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text.replace(/^\uFEFF/, ''))];
  const position = (offset: number) => positionAt(lines, offset);
  // Composing recurses, and in Node a regular expression near the end of the stack ends the whole process.
  const deep = tokens.map((token) => tooDeep(token, deepest)).find((token) => token !== undefined);
  if (deep) {
    const message = `nested more than ${deepest} levels deep`;
    return [{ ok: false, problems: [{ severity: 'error', file, position: position(deep.offset), path: '', message }] }];
  }
  return [...new Composer(options).compose(tokens, false, text.length)]
    .filter((document) => document.errors.length > 0 || document.contents !== null)
    .map((document) => readDocument(document, file, position))
    .filter((document) => !document.ok || document.value !== null);
}

type Parsed = Document.Parsed<ParsedNode>;

function readDocument(document: Parsed, file: string, position: (offset: number) => Position): YamlDocument {
  const problem = (offset: number, path: Path, message: string): Problem => {
    return { severity: 'error', file, position: position(offset), path: pathText(path), message };
  };
  const broken = [...document.errors, ...document.warnings].map((error) =>
    problem(error.pos[0], [], syntaxMessage(error)),
  );
  if (broken.length > 0) return { ok: false, problems: onePerLine(broken) };
  const unsound = inspectNodes(document.contents).map(({ node, path, message }) =>
    problem(node.range?.[0] ?? 0, path, message),
  );
  if (unsound.length > 0) return { ok: false, problems: unsound };
  const source: Source = { file, at: (path, part) => position(locate(document.contents, path, part)) };
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: mostAliases }), source };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { ok: false, problems: [problem(document.range[0], [], 'aliases that expand without end are refused')] };
  }
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** One mistake often upsets the rest of its line: only the first is worth reading. */
function onePerLine(problems: readonly Problem[]): readonly Problem[] {
  const lines = new Set<number>();
  return problems.filter(({ position }) => !lines.has(position.line) && lines.add(position.line));
}

/** The library's own words, without the piece of text that some of them quote: it may be a secret. */
function syntaxMessage(error: { readonly code: string; readonly message: string }): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'not YAML: tabs cannot indent; use spaces';
    case 'NON_STRING_KEY':
      return 'not a manifest: every key must be a string';
    case 'TAG_RESOLVE_FAILED':
      return 'unknown tag; manifests are plain data';
    default:
      return `not YAML: ${(error.message.split(':')[0] ?? '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`;
  }
}
