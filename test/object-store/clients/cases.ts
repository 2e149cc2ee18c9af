/** The clients that the suite drives, and their names. */
export const clientNames = {
  sdk: 'AWS SDK v3',
  boto3: 'boto3',
  duckdb: 'DuckDB',
  pyarrow: 'pyarrow',
  mc: 'mc',
} as const;

export type ClientId = keyof typeof clientNames;

/** The servers that the suite is run against, and their names. */
export const serverNames = { dk: 'this server', minio: 'MinIO' } as const;

export type ServerId = keyof typeof serverNames;

/** Something that several clients do, each in its own way, under the same checks. */
export interface Case {
  /** What the clients' programs call it. */
  readonly id: string;
  /** A sentence whose subject is the client. */
  readonly title: string;
  readonly clients: readonly ClientId[];
}

/** Every case of the suite, in the order of the table. */
export const cases: readonly Case[] = [
  { id: 'buckets', title: 'makes, lists, finds and deletes buckets', clients: ['sdk', 'boto3', 'pyarrow', 'mc'] },
  { id: 'location', title: 'is told the region of a bucket', clients: ['sdk', 'boto3'] },
  {
    id: 'objects',
    title: 'puts, gets, heads and deletes 0 B, 1 KiB and 6 MiB',
    clients: ['sdk', 'boto3', 'pyarrow', 'mc'],
  },
  { id: 'copy', title: 'copies objects on the server', clients: ['sdk', 'boto3', 'pyarrow', 'mc'] },
  { id: 'move', title: 'moves objects on the server', clients: ['pyarrow', 'mc'] },
  {
    id: 'metadata',
    title: 'keeps content headers and metadata',
    clients: ['sdk', 'boto3', 'pyarrow', 'mc'],
  },
  { id: 'unicode-metadata', title: 'keeps metadata beyond ASCII', clients: ['mc'] },
  {
    id: 'ranges',
    title: 'reads ranges, from the start, the middle and the end',
    clients: ['sdk', 'boto3', 'duckdb', 'pyarrow'],
  },
  { id: 'conditional-get', title: 'reads under conditions', clients: ['sdk', 'boto3'] },
  {
    id: 'conditional-put',
    title: 'writes under conditions, of which one of many at once holds',
    clients: ['sdk', 'boto3'],
  },
  {
    id: 'multipart',
    title: 'sends large objects in parts by its own means',
    clients: ['sdk', 'boto3', 'duckdb', 'pyarrow', 'mc'],
  },
  {
    id: 'unknown-length',
    title: 'sends a stream whose length nobody knows',
    clients: ['sdk', 'boto3', 'pyarrow', 'mc'],
  },
  {
    id: 'multipart-steps',
    title: 'lists parts and uploads, copies a part, completes and aborts',
    clients: ['sdk', 'boto3'],
  },
  { id: 'trailers', title: 'streams in chunks with a checksum behind them', clients: ['sdk'] },
  { id: 'checksums', title: 'sends and verifies CRC32, CRC32C, CRC64NVME, SHA1 and SHA256', clients: ['sdk', 'boto3'] },
  { id: 'multipart-checksums', title: 'gets composite and full-object checksums of parts', clients: ['sdk', 'boto3'] },
  { id: 'multipart-crc64', title: 'gets the CRC64NVME of parts as one object', clients: ['sdk'] },
  { id: 'wrong-checksum', title: 'is refused a body that its checksum does not fit', clients: ['sdk', 'boto3'] },
  {
    id: 'odd-keys',
    title: 'uses keys with spaces, +, %, quotes, unicode and emoji',
    clients: ['sdk', 'boto3', 'duckdb', 'pyarrow', 'mc'],
  },
  { id: 'long-keys', title: 'uses keys of 1,024 bytes, and is refused longer ones', clients: ['sdk', 'boto3'] },
  { id: 'long-segments', title: 'uses keys with 1,024 bytes between slashes', clients: ['sdk', 'boto3'] },
  { id: 'trailing-slash', title: 'keeps what lies under a/ apart from a/b', clients: ['sdk', 'boto3'] },
  { id: 'file-and-folder', title: 'keeps an object a beside an object a/b', clients: ['sdk', 'boto3'] },
  { id: 'double-slash', title: 'keeps a//b apart from a/b', clients: ['sdk', 'boto3'] },
  { id: 'list-v1', title: 'lists with prefix, delimiter and marker', clients: ['sdk', 'boto3'] },
  { id: 'list-v2', title: 'lists with prefix, delimiter and start-after', clients: ['sdk', 'boto3'] },
  { id: 'pages', title: 'lists 2,500 keys in pages', clients: ['sdk', 'boto3', 'duckdb', 'pyarrow', 'mc'] },
  { id: 'delete-many', title: 'deletes many objects at once', clients: ['sdk', 'boto3', 'pyarrow', 'mc'] },
  { id: 'directories', title: 'makes, lists and deletes directories', clients: ['pyarrow'] },
  { id: 'sync', title: 'mirrors a folder to a bucket and back', clients: ['boto3', 'mc'] },
  { id: 'diff', title: 'tells what differs between a folder and a bucket', clients: ['mc'] },
  { id: 'find', title: 'finds objects by their names', clients: ['mc'] },
  {
    id: 'presigned-v4',
    title: 'signs URLs that others read and write by, until they expire (SigV4)',
    clients: ['sdk', 'boto3', 'mc'],
  },
  {
    id: 'presigned-v2',
    title: 'signs URLs that others read and write by, until they expire (SigV2)',
    clients: ['boto3'],
  },
  { id: 'parquet', title: 'writes Parquet and reads some of its columns and rows', clients: ['duckdb', 'pyarrow'] },
  { id: 'partitions', title: 'writes and reads datasets partitioned by folders', clients: ['duckdb', 'pyarrow'] },
  { id: 'csv', title: 'writes and reads CSV', clients: ['duckdb', 'pyarrow'] },
  { id: 'globs', title: 'reads the files that a pattern matches', clients: ['duckdb'] },
  {
    id: 'missing',
    title: 'is told of a bucket or an object that is not there',
    clients: ['sdk', 'boto3', 'duckdb', 'pyarrow', 'mc'],
  },
  {
    id: 'wrong-secret',
    title: 'is refused with an unknown key and with a wrong secret',
    clients: ['sdk', 'boto3', 'duckdb', 'pyarrow', 'mc'],
  },
  {
    id: 'cell-key',
    title: "reads and writes with a cell's key, and is refused another's bucket",
    clients: ['sdk', 'boto3', 'duckdb', 'pyarrow', 'mc'],
  },
  {
    id: 'not-implemented',
    title: 'is told NotImplemented for versions, tags, ACLs, lifecycles and policies',
    clients: ['sdk', 'boto3', 'mc'],
  },
];
