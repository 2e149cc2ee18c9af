import type { Kinds, Manifest, Source } from '../manifest/manifest.ts';
import type { Path, Problem } from '../manifest/problem.ts';
import type { Facts } from './facts.ts';

/** What rules judge: the manifests that belong together, and what is known of the folder around them. */
export interface Subject {
  readonly transform: Manifest<'Transform'> | undefined;
  readonly connectors: readonly Manifest<'Connector'>[];
  readonly datasets: readonly Manifest<'DataSet'>[];
  readonly groups: readonly Manifest<'DataSetGroup'>[];
  readonly stores: readonly Manifest<'Store'>[];
  /** Kinds of which more may exist than is known: no rule says that one of them is missing. */
  readonly incomplete: ReadonlySet<keyof Kinds>;
  /** Undefined for a single file. */
  readonly facts: Facts | undefined;
}

/** One breach of a rule. */
export interface Finding {
  readonly source: Source;
  readonly path: Path;
  readonly message: string;
  readonly part?: 'key' | 'value';
  /** The line holds a secret. */
  readonly secret?: true;
}

/** One rule over a package, a file or a cell; its id stands in the output. */
export interface Rule<Judged> {
  readonly id: string;
  readonly severity: Problem['severity'];
  /** What must be true. */
  readonly checks: string;
  readonly why: string;
  find(judged: Judged): Iterable<Finding>;
}

/** A breach at a path of a manifest. */
export function finding(
  { source }: { readonly source: Source },
  path: Path,
  message: string,
  extra: Pick<Finding, 'part' | 'secret'> = {},
): Finding {
  return { source, path, message, ...extra };
}
