import type { ClientId, ServerId } from './cases.ts';

/** Where a server is known not to pass a case, and why; the suite fails where it does pass. */
export interface Difference {
  readonly server: ServerId;
  readonly case: string;
  /** Every client, if not given. */
  readonly clients?: readonly ClientId[];
  readonly reason: string;
}

/** All that is known. */
export const differences: readonly Difference[] = [
  {
    server: 'minio',
    case: 'multipart-crc64',
    reason: 'MinIO refuses to complete with parts told with their CRC64NVME',
  },
  { server: 'minio', case: 'long-segments', reason: 'MinIO keeps parts of keys as file names, of up to 255 bytes' },
  { server: 'minio', case: 'file-and-folder', reason: 'MinIO does not list what lies below an object' },
  { server: 'minio', case: 'double-slash', reason: 'MinIO refuses empty parts of keys' },
  { server: 'minio', case: 'not-implemented', reason: 'MinIO has versions, tags, lifecycles and policies' },
];

/** The difference that holds for a client's case, if any. */
export function differenceOf(server: ServerId, caseId: string, client: ClientId): Difference | undefined {
  return differences.find(
    (difference) =>
      difference.server === server && difference.case === caseId && (difference.clients?.includes(client) ?? true),
  );
}
