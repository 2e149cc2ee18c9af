/** Packages as Helm charts in an OCI registry, below one prefix of repositories. */
export interface PackageRegistry {
  /** `localhost:5000/team`: host, and the namespace where there is one. */
  readonly address: string;
  /** Names of packages: from the catalogue where it may be read, else of those that are asked for. Sorted. */
  names(): Promise<readonly string[]>;
  /** Newest first: highest base version, then latest creation. Undefined where there is no such package. */
  versions(name: string): Promise<readonly PublishedVersion[] | undefined>;
  /** The first of `versions`, for fewer requests. */
  newest(name: string): Promise<PublishedVersion | undefined>;
  /** Undefined where there is no such version. */
  chart(name: string, version: string): Promise<PublishedChart | undefined>;
  /** Refuses another content below a version that is there (conflict); the same one is `unchanged`. */
  push(chart: ChartToPush): Promise<{ readonly digest: string; readonly outcome: 'pushed' | 'unchanged' }>;
}

/** One version of a package, without its layers. */
export interface PublishedVersion {
  readonly version: string;
  /** Digest of the manifest. */
  readonly digest: string;
  /** `sha256:…` of the chart's uncompressed tar. */
  readonly contentDigest: string | undefined;
  readonly created: Date | undefined;
  readonly description: string | undefined;
  /** Annotations of Chart.yaml, which the artefact's config repeats: runtime, mode, inputs, outputs. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** A version with its chart's bytes. */
export interface PublishedChart extends PublishedVersion {
  readonly tgz: Buffer;
}

/** A chart on its way into a registry. */
export interface ChartToPush {
  readonly name: string;
  readonly version: string;
  readonly tgz: Buffer;
  readonly contentDigest: string;
  readonly created: Date | undefined;
  /** Chart.yaml as JSON: the config of a Helm artefact. */
  readonly config: Readonly<Record<string, unknown>>;
}
