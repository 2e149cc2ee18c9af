/** What Postgres answered instead of doing what it was asked. */
export interface DatabaseError extends Error {
  /** SQLSTATE. */
  readonly code: string;
  readonly detail?: string;
  /** Where it was, such as `COPY orders, line 3, column id: "x"`. */
  readonly where?: string;
}

/** Whether an error comes from the server, not from the way to it. */
export function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string';
}

/** The server's own words: message, detail, place. */
export function wordsOf({ message, detail, where }: DatabaseError): readonly string[] {
  return [message, detail, where].flatMap((words) => words ?? []);
}
