import type { Kind } from './kubernetes-kinds.ts';

/** What every object of a cluster has; more is for who asks to say. Times are ISO 8601. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
}

/** One object by its name. */
export interface ObjectReference {
  readonly kind: Kind;
  readonly name: string;
  /** Needed for kinds that live in namespaces. */
  readonly namespace?: string | undefined;
}

/** Some objects of a kind, in one namespace or in all. */
export interface Selection {
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  /** Only the object of this name. */
  readonly name?: string | undefined;
  /** All of these labels; undefined as a value asks only that the label is there. */
  readonly labels?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Bounds of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** 30 s when absent. */
  readonly timeoutMs?: number | undefined;
}

/** How the objects of a selection are looked at. */
export interface ViewOptions {
  /** Neither spec nor status, nor what a Secret holds: quicker where only what there is matters. */
  readonly metadataOnly?: boolean;
}

export type ListOptions = CallOptions & ViewOptions;

/** The one place where an answer becomes what the caller said it is. */
export function typed<T>(body: unknown): T {
  return body as T;
}

/** `Store warehouse in namespace dk-canary`, for messages. */
export function describeObject({ kind, name, namespace }: Selection): string {
  const place = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return `${kind}${name === undefined ? 's' : ` ${name}`}${place}`;
}

export function selectionQuery({ name, labels = {} }: Selection): Readonly<Record<string, string>> {
  const selector = Object.entries(labels).map(([label, value]) => (value === undefined ? label : `${label}=${value}`));
  return {
    ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
    ...(selector.length === 0 ? {} : { labelSelector: selector.join(',') }),
  };
}
