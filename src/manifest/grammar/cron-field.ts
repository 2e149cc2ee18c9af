/** One field of a schedule. */
export interface CronField {
  readonly values: ReadonlySet<number>;
  /** Written with a star: for the day fields that means "does not restrict". */
  readonly any: boolean;
}

interface Bounds {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Lower-case names of values. */
  readonly names: ReadonlyMap<string, number>;
}

/** Reads a list of ranges such as `0-30/15`, `10/5`, `mon,wed`; each fault is told to `complain`. */
export function parseField(text: string, bounds: Bounds, complain: (why: string) => void): CronField {
  const ranges = text.split(',').flatMap((part) => {
    const range = parseRange(part, bounds);
    if (typeof range === 'object') return [range];
    complain(`${bounds.name} ${JSON.stringify(part)} ${range}`);
    return [];
  });
  return { values: new Set(ranges.flatMap(valuesOf)), any: ranges.some(({ any }) => any) };
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly any: boolean;
}

/** The range, or what is wrong with it. */
function parseRange(text: string, bounds: Bounds): Range | string {
  const [span = '', stepText, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreEnds] = span.split('-');
  if (moreSteps.length > 0) return 'has more than one slash';
  if (moreEnds.length > 0) return 'has more than one hyphen';
  const any = low === '*' || low === '?';
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  const start = any ? bounds.min : parseValue(low, bounds);
  const end = any ? bounds.max : endOf(high, stepText, start, bounds);
  if (start === undefined || end === undefined || step === undefined) return 'is not a number, a name or a range';
  if (step === 0) return 'has a step of 0';
  if (start < bounds.min || end > bounds.max) return `is not within ${bounds.min}-${bounds.max}`;
  if (start > end) return 'begins after it ends';
  // A star with a step does restrict.
  return { start, end, step, any: any && step === 1 };
}

/** `5` ends where it begins, but `5/10` goes on to the greatest value. */
function endOf(high: string | undefined, step: string | undefined, start: number | undefined, bounds: Bounds) {
  if (high !== undefined) return parseValue(high, bounds);
  return step === undefined ? start : bounds.max;
}

function parseValue(text: string, { names }: Bounds): number | undefined {
  return names.get(text.toLowerCase()) ?? parseNumber(text);
}

function parseNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function valuesOf({ start, end, step }: Range): readonly number[] {
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
}
