import type { Problem } from '../manifest/problem.ts';
import { problemAt } from '../manifest/problem-at.ts';
import type { Finding, Rule } from './rule.ts';

/** What the rules say, as problems; `known` are those of the schemas, whose consequences are not told as well. */
export function applyRules<Judged>(
  rules: readonly Rule<Judged>[],
  judged: Judged,
  known: readonly Problem[],
): readonly Problem[] {
  const errors = known.filter(({ severity }) => severity === 'error');
  return rules
    .flatMap((rule) => [...rule.find(judged)].map((found) => problemOf(rule, found)))
    .filter((problem) => !errors.some((error) => explains(error, problem)));
}

function problemOf<Judged>({ id, severity }: Rule<Judged>, found: Finding): Problem {
  const { source, path, message, part = 'value', secret } = found;
  return { ...problemAt(source, path, message, { severity, part }), rule: id, ...(secret && { secret }) };
}

/** A faulty field at or below the place that a rule complains about: the rule saw the manifest without it. */
function explains(error: Problem, { file, path }: Problem): boolean {
  const below = error.path.startsWith(path) && /^([.[]|$)/.test(error.path.slice(path.length));
  return error.file === file && path !== '' && below;
}
