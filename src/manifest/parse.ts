import { apiVersion } from './api-version.ts';
import { isKind, kindNames, schemas } from './kinds.ts';
import type { Manifest, Source } from './manifest.ts';
import { isMapping, type Mapping } from './mapping.ts';
import { didYouMean, nearMiss } from './near-miss.ts';
import { inReadingOrder, type Position, type Problem } from './problem.ts';
import { problemAt } from './problem-at.ts';
import { readYaml, type YamlDocument } from './read-yaml.ts';
import { withoutPaths } from './salvage.ts';
import { withoutServerFields } from './strip.ts';
import { type Finding, validate } from './validate.ts';

/** A document of a kind that is not ours; whether it may stand here is for the caller to say. */
export interface ForeignDocument {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly file: string;
  readonly position: Position;
  /** Plain JSON, as it was written. */
  readonly value: Mapping;
}

/** Everything that one file holds. */
export interface ParsedManifests {
  readonly manifests: readonly Manifest[];
  readonly others: readonly ForeignDocument[];
  /** Manifests with errors, without their faulty fields: good for nothing but further checks. */
  readonly salvaged: readonly Manifest[];
  /** Whether every document is in one of these lists, if only without its faulty fields. */
  readonly complete: boolean;
  /** Every problem at once, in reading order. */
  readonly problems: readonly Problem[];
}

/** Reads all manifests of a YAML text. Never throws: what is wrong is in `problems`, what is right still is handed out. */
export function parseManifests(text: string, file: string): ParsedManifests {
  const parsed = readYaml(text, file).map(readDocument);
  const problems = inReadingOrder(parsed.flatMap((document) => document.problems));
  return {
    manifests: parsed.flatMap((document) => document.manifests),
    others: parsed.flatMap((document) => document.others),
    salvaged: parsed.flatMap((document) => document.salvaged),
    complete: parsed.every(({ complete }) => complete),
    problems: holdsSecrets(text) ? problems.map((problem) => ({ ...problem, secret: true })) : problems,
  };
}

function readDocument(document: YamlDocument): ParsedManifests {
  if (!document.ok) return nothing(document.problems);
  const { value, source } = document;
  if (!isMapping(value))
    return nothing([whole(source, 'a manifest is a mapping with apiVersion, kind, metadata, spec')]);
  const misnamed = misnamedFindings(value);
  if (misnamed.length > 0) return nothing(misnamed.map((finding) => placed(finding, source)));
  return isKind(value.kind) && value.apiVersion === apiVersion
    ? readOurs(value.kind, value, source)
    : { ...nothing([]), others: [foreign(value, source)], complete: true };
}

function nothing(problems: readonly Problem[]): ParsedManifests {
  return { manifests: [], others: [], salvaged: [], complete: false, problems };
}

function readOurs(kind: Manifest['kind'], written: Mapping, source: Source): ParsedManifests {
  const value = withoutServerFields(written);
  const findings = validate(schemas[kind], value);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const result = nothing(findings.map((finding) => placed(finding, source)));
  if (errors.length === 0) return { ...result, manifests: [typed(kind, value, source)], complete: true };
  const rest = withoutPaths(
    value,
    errors.map(({ path }) => path),
  );
  const salvageable = validate(schemas[kind], rest).every(({ severity }) => severity === 'warning');
  return salvageable ? { ...result, salvaged: [typed(kind, rest, source)], complete: true } : result;
}

function typed(kind: Manifest['kind'], value: unknown, source: Source): Manifest {
  // The schema has just said that the value is of this kind.
  return { kind, value, source } as Manifest;
}

/** What is wrong with apiVersion and kind, before the schema of a kind can be asked. */
function misnamedFindings(value: Mapping): readonly Finding[] {
  const { apiVersion: version, kind } = value;
  const ours = typeof version === 'string' && version.split('/')[0] === apiVersion.split('/')[0];
  if (version === undefined) return [fault('apiVersion', 'key', `required field is missing; ours is ${apiVersion}`)];
  if (typeof version !== 'string') return [fault('apiVersion', 'value', 'must be a string')];
  if (kind === undefined) return [fault('kind', 'key', `required field is missing; one of ${kindNames.join(', ')}`)];
  if (typeof kind !== 'string') return [fault('kind', 'value', 'must be a string')];
  if (!ours)
    return isKind(kind) && looksLikeOurs(version) ? [fault('apiVersion', 'value', versionMessage(version))] : [];
  return [
    ...(version === apiVersion ? [] : [fault('apiVersion', 'value', versionMessage(version))]),
    ...(isKind(kind) ? [] : [fault('kind', 'value', unknownKind(kind))]),
  ];
}

function fault(field: string, part: Finding['part'], message: string): Finding {
  return { severity: 'error', path: [field], part, message };
}

function looksLikeOurs(version: string): boolean {
  return version.includes('datakit') || nearMiss(version, [apiVersion]) !== undefined;
}

function versionMessage(version: string): string {
  return `${JSON.stringify(version)} is unknown; did you mean "${apiVersion}"?`;
}

function unknownKind(kind: string): string {
  return `${JSON.stringify(kind)} is not a kind of ours: ${kindNames.join(', ')}${didYouMean(kind, kindNames)}`;
}

function foreign(value: Mapping, source: Source): ForeignDocument {
  const metadata = isMapping(value.metadata) ? value.metadata : {};
  return {
    apiVersion: String(value.apiVersion),
    kind: String(value.kind),
    name: typeof metadata.name === 'string' ? metadata.name : '',
    file: source.file,
    position: source.at([]),
    value,
  };
}

function whole(source: Source, message: string): Problem {
  return placed({ severity: 'error', path: [], part: 'value', message }, source);
}

function placed(finding: Finding, source: Source): Problem {
  return problemAt(source, finding.path, finding.message, finding);
}

/** Stores and Secrets may hold credentials on any line, all the more while they are wrong. */
function holdsSecrets(text: string): boolean {
  return /\bkind["']?\s*:\s*["']?(Store|Secret)\b/.test(text);
}
