import type { TSchema } from 'typebox';
import { Errors } from 'typebox/schema';
import { Settings } from 'typebox/system';
import { isMapping } from './mapping.ts';
import { didYouMean, nearMiss } from './near-miss.ts';
import type { Path } from './problem.ts';
import { childNode, nodeAt, type SchemaNode, schemaNode } from './schema/node.ts';
import { pathOf, valueAt } from './value-path.ts';

/** What is wrong with a value, by path alone. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly path: Path;
  /** Whether a key or its value is at fault. */
  readonly part: 'key' | 'value';
  readonly message: string;
}

// The library stops at eight errors unless told otherwise.
Settings.Set({ maxErrors: 1000 });

type SchemaError = ReturnType<typeof Errors>[1][number];

/** Everything in a plain JSON value that its schema forbids, and the legacy fields it only tolerates. */
export function validate(schema: TSchema, value: unknown): readonly Finding[] {
  const root = schemaNode(schema);
  const errors = Errors(schema, value)[1].filter((error) => error.keyword !== 'additionalProperties');
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === 'type').map(placeOf));
  const tooLong = new Set(errors.filter(({ keyword }) => keyword === 'maxLength').map(placeOf));
  const findings = errors
    .filter((error) => error.keyword === 'type' || !mistyped.has(error.instancePath))
    .filter((error) => error.keyword !== 'pattern' || !tooLong.has(error.instancePath))
    .flatMap((error) => findingsOf(error, root, value));
  return [...findings, ...legacyFindings(root, value, [])];
}

const placeOf = (error: SchemaError) => error.instancePath;

function findingsOf(error: SchemaError, root: SchemaNode, value: unknown): readonly Finding[] {
  const path = pathOf(error.instancePath, value);
  const at = (message: string, part: Finding['part'] = 'value'): Finding => ({
    severity: 'error',
    path,
    part,
    message,
  });
  const found = valueAt(value, path);
  switch (error.keyword) {
    case 'boolean':
      return [at(`unknown field${suggestion(root, path)}`, 'key')];
    case 'required':
      return missing(error.params.requiredProperties, root, path, found);
    case 'type':
      return [at(typeMessage(String(error.params.type), found))];
    case 'enum':
      return [at(choiceMessage(String(found), error.params.allowedValues.map(String)))];
    case 'pattern':
      return [at(`must ${nodeAt(root, path)?.['x-dk-pattern'] ?? `match ${error.params.pattern}`}`)];
    case 'maxLength':
      return [at(`must have at most ${error.params.limit} characters`)];
    case 'minLength':
      return [at('must not be empty')];
    case 'minItems':
      return [at('must have at least one item')];
    case 'minProperties':
      return [at('must have at least one field')];
    case 'minimum':
      return [at(`must be at least ${error.params.limit}`)];
    default:
      return [at(error.message)];
  }
}

/** A missing field whose name was only mistyped is not reported beside the unknown one. */
function missing(names: readonly string[], root: SchemaNode, path: Path, parent: unknown): readonly Finding[] {
  const written = isMapping(parent) ? Object.keys(parent) : [];
  const known = Object.keys(nodeAt(root, path)?.properties ?? {});
  const meant = written.filter((key) => !known.includes(key)).map((key) => nearMiss(key, known));
  return names
    .filter((name) => !meant.includes(name))
    .map((name) => ({ severity: 'error', path: [...path, name], part: 'key', message: 'required field is missing' }));
}

function suggestion(root: SchemaNode, path: Path): string {
  const field = String(path.at(-1));
  const siblings = Object.keys(nodeAt(root, path.slice(0, -1))?.properties ?? {});
  const inSpec = Object.keys(root.properties?.spec?.properties ?? {});
  const close = didYouMean(field, siblings);
  if (close !== '' || path.length > 1 || !inSpec.includes(field)) return close;
  return `; did you mean "spec.${field}"?`;
}

function typeMessage(wanted: string, found: unknown): string {
  if (found === null) return `is empty; must be ${article(wanted)}`;
  const quotes = wanted === 'string' && ['number', 'boolean'].includes(typeof found) ? '; put it in quotes' : '';
  return `must be ${article(wanted)}, not ${article(typeOf(found))}${quotes}`;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return isMapping(value) ? 'mapping' : typeof value;
}

function article(type: string): string {
  const words: Record<string, string> = { object: 'mapping', array: 'list', integer: 'whole number' };
  return `a ${words[type] ?? type}`;
}

function choiceMessage(found: string, allowed: readonly string[]): string {
  return `${JSON.stringify(found)} is not one of ${allowed.join(', ')}${didYouMean(found, allowed)}`;
}

function* legacyFindings(node: SchemaNode, value: unknown, path: Path): Generator<Finding> {
  const instead = node['x-dk-legacy'];
  if (instead !== undefined) {
    yield { severity: 'warning', path, part: 'key', message: `legacy field, kept but not used; ${instead}` };
  }
  const entries = Array.isArray(value) ? value.entries() : isMapping(value) ? Object.entries(value) : [];
  for (const [segment, inner] of entries) {
    const child = childNode(node, segment);
    if (child !== undefined) yield* legacyFindings(child, inner, [...path, segment]);
  }
}
