import { below } from '../helpers/random.ts';
import { oddNumbers, oddTexts, pick, type Random } from './fuzz-values.ts';

/** A part of a query that may matter, encoded. */
export function someParameter(random: Random): string {
  switch (below(random, 3)) {
    case 0:
      return `${pick(random, numbers)}=${encodeURIComponent(pick(random, oddNumbers))}`;
    case 1:
      return pick(random, subResources) + pick(random, ['', '=', `=${pick(random, oddTexts)}`]);
    default:
      return `${pick(random, texts)}=${pick(random, oddTexts)}`;
  }
}

const numbers = [
  'max-keys',
  'max-uploads',
  'max-parts',
  'max-buckets',
  'partNumber',
  'part-number-marker',
  'list-type',
  'X-Amz-Expires',
];
const subResources = [
  ...[
    'acl',
    'tagging',
    'versioning',
    'versions',
    'versionId',
    'lifecycle',
    'cors',
    'policy',
    'policyStatus',
    'website',
    'logging',
  ],
  ...[
    'notification',
    'replication',
    'encryption',
    'object-lock',
    'legal-hold',
    'retention',
    'torrent',
    'restore',
    'select',
  ],
  ...[
    'select-type',
    'attributes',
    'accelerate',
    'requestPayment',
    'ownershipControls',
    'publicAccessBlock',
    'analytics',
    'metrics',
  ],
  ...['inventory', 'intelligent-tiering', 'uploads', 'delete', 'location', 'session', 'append', 'renameObject', 'x-id'],
];
const texts = [
  ...[
    'prefix',
    'delimiter',
    'marker',
    'start-after',
    'continuation-token',
    'encoding-type',
    'fetch-owner',
    'key-marker',
  ],
  ...[
    'upload-id-marker',
    'uploadId',
    'response-content-type',
    'response-content-disposition',
    'response-expires',
    '__proto__',
  ],
  ...[
    'x-amz-meta-q',
    'x-amz-meta-a%20b',
    'x-amz-meta-%C3%A9',
    'X-Amz-Acl',
    'x-amz-copy-source',
    'x-amz-checksum-crc32',
    '',
  ],
];
