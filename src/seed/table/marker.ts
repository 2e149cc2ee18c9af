/** What an earlier seed left on its table, in the table's comment: it goes where the table goes, and with it. */
export interface Marker {
  /** Of the seed. */
  readonly hash: string;
  readonly rows: number;
  /** The columns with which dk made the table; absent where the table was there before. */
  readonly madeAs: string | undefined;
}

const pattern = /\n?\[dk dev seed: (\d+) rows, sha256 ([0-9a-f]{64})(?:, made as ([0-9a-f]{64}))?\]$/;

export function readMarker(comment: string): Marker | undefined {
  const [, rows, hash, madeAs] = pattern.exec(comment) ?? [];
  return rows === undefined || hash === undefined ? undefined : { rows: Number(rows), hash, madeAs };
}

/** The comment with its marker replaced; the words that people wrote stay. */
export function withMarker(comment: string, { rows, hash, madeAs }: Marker): string {
  const words = comment.replace(pattern, '');
  const made = madeAs === undefined ? '' : `, made as ${madeAs}`;
  return `${words}${words === '' ? '' : '\n'}[dk dev seed: ${rows} rows, sha256 ${hash}${made}]`;
}
