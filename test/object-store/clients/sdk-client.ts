import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { KeyPair } from '../../../src/object-store/server.ts';

// The SDK's own variable for its warning about Node 20.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** The AWS SDK with a key pair. It does not retry, so that each answer is seen. */
export function openSdk(endpoint: string, credentials: KeyPair, config: S3ClientConfig = {}): S3Client {
  return new S3Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, forcePathStyle: true, ...config });
}
