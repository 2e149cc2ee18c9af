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
}
