import { S3Client } from '@aws-sdk/client-s3';
import type { KeyPair } from '../../../src/object-store/server.ts';

// The SDK's own variable for its warning about Node 20.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** The AWS SDK with a key pair. It does not retry, so that each answer is seen, and prints no advice. */
export function openSdk(endpoint: string, credentials: KeyPair): S3Client {
  const region = 'us-east-1';
  return new S3Client({ endpoint, region, credentials, maxAttempts: 1, forcePathStyle: true, logger: silent });
}

const ignore = () => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
