/** One file of a chart; its path is relative to the chart's root, with `/` between folders. */
export interface ChartFile {
  readonly path: string;
  readonly text: string;
}

/** A package as an immutable Helm chart: the same release of the same package has the same files. */
export interface Chart {
  readonly name: string;
  /** Base version, `-g` and seven digits of the commit; `-dirty` follows where the folder has changes of its own. */
  readonly version: string;
  /** When the commit was made: never when the chart was. */
  readonly created: Date | undefined;
  /** Sorted by path. */
  readonly files: readonly ChartFile[];
}

/** A chart as bytes. */
export interface PackedChart {
  /** Every file below one folder with the chart's name, as Helm wants it. */
  readonly tgz: Buffer;
  /** `sha256:…` of the uncompressed tar; the same input gives the same one with every Node. */
  readonly contentDigest: string;
}
