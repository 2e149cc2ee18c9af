import { S3Error } from './errors.ts';
import { header, type S3Request } from './request.ts';

/** The operations this server has. */
export type OperationName =
  | 'AbortMultipartUpload'
  | 'CompleteMultipartUpload'
  | 'CopyObject'
  | 'CreateBucket'
  | 'CreateMultipartUpload'
  | 'DeleteBucket'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'GetBucketLocation'
  | 'GetObject'
  | 'HeadBucket'
  | 'HeadObject'
  | 'ListBuckets'
  | 'ListMultipartUploads'
  | 'ListObjects'
  | 'ListObjectsV2'
  | 'ListParts'
  | 'PutObject'
  | 'UploadPart'
  | 'UploadPartCopy';

/** The operation that the request names by its method and query; NotImplemented for the rest of S3. */
export function route(request: S3Request): OperationName {
  const names = new Set(request.query.map(([name]) => name));
  const operation = operationFor(request, names);
  if (operation === undefined) throw new S3Error('NotImplemented');
  return operation;
}

function operationFor(request: S3Request, names: ReadonlySet<string>): OperationName | undefined {
  if (request.bucket === undefined) return request.method === 'GET' ? 'ListBuckets' : undefined;
  return request.key === undefined ? bucketOperation(request.method, names) : objectOperation(request, names);
}

function bucketOperation(method: string, names: ReadonlySet<string>): OperationName | undefined {
  switch (method) {
    case 'PUT':
      return 'CreateBucket';
    case 'HEAD':
      return 'HeadBucket';
    case 'DELETE':
      return 'DeleteBucket';
    case 'POST':
      return names.has('delete') ? 'DeleteObjects' : undefined;
    case 'GET':
      if (names.has('location')) return 'GetBucketLocation';
      if (names.has('uploads')) return 'ListMultipartUploads';
      return names.has('list-type') ? 'ListObjectsV2' : 'ListObjects';
    default:
      return undefined;
  }
}

function objectOperation(request: S3Request, names: ReadonlySet<string>): OperationName | undefined {
  const isInUpload = names.has('uploadId');
  switch (request.method) {
    case 'PUT':
      return putOperation(isInUpload, header(request, 'x-amz-copy-source') !== undefined);
    case 'GET':
      return isInUpload ? 'ListParts' : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'DELETE':
      return isInUpload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (names.has('uploads')) return 'CreateMultipartUpload';
      return isInUpload ? 'CompleteMultipartUpload' : undefined;
    default:
      return undefined;
  }
}

function putOperation(isInUpload: boolean, isCopy: boolean): OperationName {
  if (isInUpload) return isCopy ? 'UploadPartCopy' : 'UploadPart';
  return isCopy ? 'CopyObject' : 'PutObject';
}
