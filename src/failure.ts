/** What each exit code means; the table users see is in README.md. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  prerequisite: 3,
  notFound: 4,
  refused: 5,
  conflict: 6,
  stillStarting: 7,
  unhealthy: 8,
  packageFailed: 9,
  invalid: 10,
  interrupted: 130,
  terminated: 143,
} as const;

/** Why a command could not do what it was asked; names an exit code. */
export type FailureKind = Exclude<keyof typeof exitCodes, 'done' | 'bug'>;

interface FailureParts {
  /** What failed, as one sentence without a full stop. */
  readonly what: string;
  /** Why, as far as it is known; several causes are several lines. */
  readonly why?: string | readonly string[];
  /** What to do next: sentences, or commands to paste. */
  readonly next?: string | readonly string[];
  readonly cause?: unknown;
}

/** The one class for what a user can mend; anything else that is thrown is a fault of ours. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly why: readonly string[];
  readonly next: readonly string[];

  constructor(kind: FailureKind, parts: FailureParts) {
    super(parts.what, parts.cause === undefined ? {} : { cause: parts.cause });
    this.kind = kind;
    this.why = [parts.why ?? []].flat();
    this.next = [parts.next ?? []].flat();
  }
}

/** One line for any thrown value, for places where it becomes another failure's reason. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure)
    return error.why.length === 0 ? error.message : `${error.message}: ${error.why.join('; ')}`;
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}
