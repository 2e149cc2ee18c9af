import { Failure } from '../failure.ts';
import type { S3Address } from './s3-request.ts';

/** The address in the fields of an s3 Store; without an endpoint AWS is meant. */
export function s3AddressOf(fields: Readonly<Record<string, string>>): S3Address {
  const { bucket, access_key_id, secret_access_key, region = 'us-east-1', path_style } = fields;
  if (bucket === undefined || access_key_id === undefined || secret_access_key === undefined) {
    const missing = ['bucket', 'access_key_id', 'secret_access_key'].filter((name) => fields[name] === undefined);
    throw new Failure('invalid', {
      what: 'An S3 address is not complete',
      why: `It has no ${missing.join(' and no ')}`,
    });
  }
  return {
    endpoint: fields['endpoint'] ?? `https://s3.${region}.amazonaws.com`,
    region,
    bucket,
    accessKeyId: access_key_id,
    secretAccessKey: secret_access_key,
    pathStyle: path_style !== 'false',
  };
}
