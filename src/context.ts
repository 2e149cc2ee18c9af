import type { Readable, Writable } from 'node:stream';

/** The secrets known to this process; whatever it prints passes through them. */
export interface SecretRegistry {
  add(values: Iterable<string>): void;
  redact(text: string): string;
}

/** What a command may reach of the world outside; made in bin.ts, replaced in tests. */
export interface Context {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** Numeric user id, or undefined where the platform has none. */
  readonly uid: number | undefined;
  /** How this program is started here, for hints that can be pasted: `dk` or `npx dk`. */
  readonly program: string;
  /** Absolute path of the entry file, to start our own servers with. */
  readonly entry: string;
  /** Absolute path of the node that runs us. */
  readonly node: string;
  /** Add each secret value before anything that may print it. */
  readonly secrets: SecretRegistry;
  readonly now: () => Date;
  /** Aborted on SIGINT, SIGTERM and SIGHUP; its reason is a Failure. */
  readonly signal: AbortSignal;
  /** Hears every signal, the second and third too, which end dk at once only while nobody listens; returns how to stop. */
  readonly onSignal?: (listener: (signal: NodeJS.Signals) => void) => () => void;
}
