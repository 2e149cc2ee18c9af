import { isMapping } from '../manifest/mapping.ts';
import type { ForeignDocument } from '../manifest/parse.ts';
import type { Problem } from '../manifest/problem.ts';

/** A Secret or ConfigMap: its name, keys and values. */
export interface NamedValues {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Whether it is Kubernetes' own Secret or ConfigMap. */
export function carriesValues({ apiVersion, kind }: ForeignDocument): boolean {
  return apiVersion === 'v1' && (kind === 'Secret' || kind === 'ConfigMap');
}

export function namespaceOf({ value }: ForeignDocument): string | undefined {
  const namespace = isMapping(value.metadata) ? value.metadata.namespace : undefined;
  return typeof namespace === 'string' ? namespace : undefined;
}

/** The values of a Secret, decoded, or of a ConfigMap. No problem ever quotes a value. */
export function readValues(
  document: ForeignDocument,
): Pick<NamedValues, 'values'> & { readonly problems: readonly Problem[] } {
  const { kind, name, value } = document;
  const plain = readMap(document, kind === 'Secret' ? 'stringData' : 'data', (text) => text);
  const encoded = kind === 'Secret' ? readMap(document, 'data', decodeText) : { entries: [], problems: [] };
  const rest = [
    ...(name === '' ? [foreignProblem(document, 'metadata.name', 'required field is missing')] : []),
    ...(value.binaryData === undefined
      ? []
      : [foreignProblem(document, 'binaryData', 'values that are no text are not supported')]),
  ];
  return {
    values: Object.fromEntries([...encoded.entries, ...plain.entries]),
    problems: [...rest, ...encoded.problems, ...plain.problems],
  };
}

export function foreignProblem({ file, position, kind }: ForeignDocument, path: string, message: string): Problem {
  return { severity: 'error', file, position, path, message, ...(kind === 'Secret' ? { secret: true } : {}) };
}

function readMap(document: ForeignDocument, field: string, read: (text: string) => string | undefined) {
  const map = document.value[field] ?? {};
  if (!isMapping(map)) return { entries: [], problems: [foreignProblem(document, field, 'must be a mapping')] };
  const found = Object.entries(map).map(
    ([key, raw]) => [key, typeof raw === 'string' ? read(raw) : undefined] as const,
  );
  const wanted = document.kind === 'Secret' && field === 'data' ? 'text in base64' : 'a string; put it in quotes';
  return {
    entries: found.flatMap(([key, text]) => (text === undefined ? [] : [[key, text] as const])),
    problems: found.flatMap(([key, text]) =>
      text === undefined ? [foreignProblem(document, `${field}.${key}`, `must be ${wanted}`)] : [],
    ),
  };
}

/** Undefined for what is not base64, or not text in UTF-8. */
function decodeText(base64: string): string | undefined {
  const compact = base64.replaceAll(/\s/g, '');
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== compact.replace(/=+$/, '')) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
