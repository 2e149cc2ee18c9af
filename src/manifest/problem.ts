/** Where something stands in a file; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a manifest, with its place. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** As the user wrote it: relative to where the command was started, or absolute. */
  readonly file: string;
  readonly position: Position;
  /** Path in the document, such as `spec.inputs[0].dataset`; empty for the whole document. */
  readonly path: string;
  /** What is wrong, and the near miss where there is one. */
  readonly message: string;
  /** The rule of `dk lint` that says so; none for what the YAML or the schema says. */
  readonly rule?: string;
  /** The line may hold a secret: it is never quoted. */
  readonly secret?: true;
}

/** Keys and indices from the root of a document. */
export type Path = readonly (string | number)[];

/** `spec.inputs[0].dataset`; keys that are not plain words stand in brackets and quotes. */
export function pathText(path: Path): string {
  return path.map(segmentText).join('').replace(/^\./, '');
}

function segmentText(segment: string | number): string {
  if (typeof segment === 'number') return `[${segment}]`;
  return /^[\w-]+$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`;
}

/** One line for one problem, as a compiler writes it. */
export function problemText(problem: Problem): string {
  const place = `${problem.file}:${problem.position.line}:${problem.position.column}`;
  const warning = problem.severity === 'warning' ? 'warning: ' : '';
  return [place, ' ', warning, problem.path, problem.path === '' ? '' : ': ', problem.message].join('');
}

/** By file, then line, then column: the order in which problems are shown. */
export function inReadingOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.position.line - b.position.line ||
      a.position.column - b.position.column ||
      compare(a.path, b.path) ||
      compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
