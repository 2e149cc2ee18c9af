import { expect, test } from 'vitest';
import { signRequest } from '../../src/tools/s3-signature.ts';

test('the signature is the one of the example in the documentation of AWS', () => {
  const request = {
    method: 'GET',
    host: 'examplebucket.s3.amazonaws.com',
    path: '/test.txt',
    query: '',
    headers: { range: 'bytes=0-9' },
    payload: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  };
  const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const credentials = { region: 'us-east-1', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey };
  const { authorization } = signRequest(request, credentials, new Date('2013-05-24T00:00:00Z'));
  expect(authorization).toMatch(/SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, /);
  expect(authorization).toMatch(/Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41$/);
});
