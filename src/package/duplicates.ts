import type { Manifest } from '../manifest/manifest.ts';
import type { Problem } from '../manifest/problem.ts';
import { problemAt } from '../manifest/problem-at.ts';

/** Manifests that share a name, or a second Transform: each after the first is a problem that names the first. */
export function duplicateProblems(manifests: readonly Manifest[]): readonly Problem[] {
  const first = new Map<string, Manifest>();
  return manifests.flatMap((manifest) => {
    const key = keyOf(manifest);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, manifest);
    return earlier === undefined ? [] : [duplicateProblem(manifest, earlier)];
  });
}

/** A package has one Transform, and inputs and outputs name DataSets and groups alike. */
function keyOf({ kind, value }: Manifest): string {
  if (kind === 'Transform') return kind;
  return `${kind === 'DataSetGroup' ? 'DataSet' : kind} ${value.metadata.name}`;
}

function duplicateProblem({ kind, value, source }: Manifest, earlier: Manifest): Problem {
  const { line, column } = earlier.source.at(['metadata', 'name']);
  const place = `${earlier.source.file}:${line}:${column}`;
  const message =
    kind === 'Transform'
      ? `a package has one Transform; the other is at ${place}`
      : `another ${earlier.kind} is named ${JSON.stringify(value.metadata.name)}, at ${place}`;
  return problemAt(source, ['metadata', 'name'], message);
}
