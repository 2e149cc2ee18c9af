import { type Problem, problemText } from '../manifest/problem.ts';

/** The lines of the files that problems are in, by the names that the problems use. */
export type SourceLines = ReadonlyMap<string, readonly string[]>;

/** Colours a text, or leaves it as it is. */
type Style = (colour: 'red' | 'yellow' | 'bold' | 'dim', text: string) => string;

const longestQuoted = 300;

/** One line for each problem, for programs and for grep. */
export function plainListing(problems: readonly Problem[]): string {
  return [...problems.map(problemText), countText(problems)].join('\n');
}

/** Problems grouped by file, each with its line and a caret, for people. */
export function listing(problems: readonly Problem[], sources: SourceLines, style: Style): string {
  const files = [...new Set(problems.map(({ file }) => file))];
  const groups = files.map((file) => {
    const own = problems.filter((problem) => problem.file === file);
    return [style('bold', file), ...own.flatMap((problem) => entry(problem, own, sources, style)), ''].join('\n');
  });
  return [...groups, countText(problems)].join('\n');
}

/** `2 errors and a warning`, `no problems`. */
export function countText(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const counts = [counted(errors, 'an error', 'errors'), counted(problems.length - errors, 'a warning', 'warnings')];
  return counts.filter((count) => count !== '').join(' and ') || 'no problems';
}

function counted(count: number, one: string, many: string): string {
  if (count === 0) return '';
  return count === 1 ? one : `${count} ${many}`;
}

function entry(problem: Problem, others: readonly Problem[], sources: SourceLines, style: Style): readonly string[] {
  const { severity, position, path, message, rule } = problem;
  const colour = severity === 'error' ? 'red' : 'yellow';
  const place = `${position.line}:${position.column}`;
  const what = path === '' ? message : `${path}: ${message}`;
  const head = `  ${place}  ${style(colour, severity)}  ${what}${rule === undefined ? '' : style('dim', `  ${rule}`)}`;
  // Another problem on the same line may be about a secret.
  const secret = others.some((other) => other.secret && other.position.line === position.line);
  const line = sources.get(problem.file)?.[position.line - 1];
  if (line === undefined || line.length > longestQuoted || secret) return [head];
  return [head, ...excerpt(line, position).map((text) => style('dim', text))];
}

/** The line and a caret; what would steer the terminal is replaced. */
function excerpt(line: string, { line: number, column }: Problem['position']): readonly string[] {
  const gutter = String(number).padStart(6);
  const before = line.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  const marked = /^(["']).*?\1|^[^\s,:{}[\]]+/.exec(line.slice(column - 1))?.[0].length ?? 1;
  const shown = line.replaceAll(/(?!\t)\p{Cc}/gu, '�');
  return [`${gutter} | ${shown}`, `${' '.repeat(gutter.length)} | ${before}${'^'.repeat(marked)}`];
}
