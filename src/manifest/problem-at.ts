import type { Source } from './manifest.ts';
import { type Path, type Problem, pathText } from './problem.ts';

/** A problem at a path of a manifest that was read; an error at the value unless said otherwise. */
export function problemAt(
  source: Source,
  path: Path,
  message: string,
  { severity = 'error', part = 'value' }: { severity?: Problem['severity']; part?: 'key' | 'value' } = {},
): Problem {
  return { severity, file: source.file, position: source.at(path, part), path: pathText(path), message };
}
