import type { Column } from '../manifest/schema/dataset.ts';
import type { Transform } from '../manifest/schema/transform.ts';

/** A Store with every `${KEY}` replaced and the address that fits the launch. */
export interface ResolvedStore {
  /** The cell it belongs to; undefined for the package's own `store/`. */
  readonly cell: string | undefined;
  readonly name: string;
  readonly connector: string;
  /** Resolved connection fields and secrets, by their names in the Store; secrets override connection. */
  readonly fields: Readonly<Record<string, string>>;
  /** Names in `fields` whose values are secret. */
  readonly secretFields: readonly string[];
  /** Undefined for a connector that has no DSN of its own and no `connection_string`. */
  readonly dsn: string | undefined;
}

/** One input or output of a run. */
export interface ResolvedPort {
  readonly dataset: string;
  readonly cell: string | undefined;
  readonly store: string;
  readonly connector: string;
  readonly table?: string;
  readonly prefix?: string;
  readonly topic?: string;
  readonly format?: string;
  readonly schema: readonly Column[];
}

/** Package × cell, ready to be launched. Pure data: nothing has been started. */
export interface ResolvedRun {
  readonly package: { readonly name: string; readonly version: string; readonly directory: string };
  /** The deployment's cell; undefined when the package's own `store/` is used. */
  readonly cell: string | undefined;
  /** The transform's own words, `--set` applied: runtime, command, args, timeout, image, resources, … */
  readonly transform: Transform['spec'];
  readonly inputs: readonly ResolvedPort[];
  readonly outputs: readonly ResolvedPort[];
  readonly stores: readonly ResolvedStore[];
  /** All DK_*, AWS_* and `spec.env` variables but DK_RUN_ID and DK_RUN_SPEC, which belong to one launch. */
  readonly variables: Readonly<Record<string, string>>;
  /** Every secret value in `variables`, for redaction. */
  readonly secretValues: readonly string[];
}
