import { distance } from 'fastest-levenshtein';

/** `; did you mean "…"?` for the candidate that was probably meant, or nothing; ready to end a message. */
export function didYouMean(written: string, candidates: readonly string[]): string {
  const meant = nearMiss(written, candidates);
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}

/** The candidate that was probably meant: at most two typing mistakes away, one for short words. */
export function nearMiss(written: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, mistakes: typos(fold(written), fold(candidate)) }))
    .sort((a, b) => a.mistakes - b.mistakes);
  const best = ranked[0];
  if (best === undefined || best.candidate === written) return undefined;
  const allowed = Math.min(written.length, best.candidate.length) <= 4 ? 1 : 2;
  return best.mistakes <= allowed ? best.candidate : undefined;
}

/** The library knows no transposition: `cvs` for `csv` is one mistake, not two. */
function typos(written: string, candidate: string): number {
  const edits = distance(written, candidate);
  return edits === 2 && [...written].sort().join() === [...candidate].sort().join() ? 1 : edits;
}

/** Other case, or other separators, is no typing mistake at all. */
function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ .]/g, '');
}
