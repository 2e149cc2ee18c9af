import { Failure, reasonOf } from '../failure.ts';
import { type NetworkStage, networkStageOf } from './network-fault.ts';
import { S3Refusal } from './s3-refusal.ts';

/** How far a request to an object store came: what did not work, in the order in which it is tried. */
export type S3Stage = 'address' | NetworkStage | 'login' | 'bucket' | 'server';

export interface S3Fault {
  readonly stage: S3Stage;
  readonly reason: string;
}

/** Tells at which stage a request failed, from what it threw. */
export function s3FaultOf(error: unknown): S3Fault {
  if (error instanceof Failure && error.cause !== undefined) return s3FaultOf(error.cause);
  if (error instanceof S3Refusal) return { stage: refusedStage(error), reason: error.message };
  return { stage: networkStageOf(error) ?? stageByCode(error), reason: reasonOf(error) };
}

const loginCodes = new Set([
  'AuthorizationHeaderMalformed',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);
const bucketCodes = new Set(['AccessDenied', 'InvalidBucketName', 'NoSuchBucket', 'PermanentRedirect']);

function refusedStage({ status, code }: S3Refusal): S3Stage {
  if (loginCodes.has(code)) return 'login';
  if (bucketCodes.has(code) || status === 404) return 'bucket';
  return status === 401 || status === 403 ? 'login' : 'server';
}

/** An answer that is no HTTP comes from a port that speaks TLS, or something else. */
function stageByCode(error: unknown): S3Stage {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('HPE_')) return 'tls';
  return /^ERR_INVALID_(URL|PROTOCOL)$/.test(code) ? 'address' : 'server';
}
