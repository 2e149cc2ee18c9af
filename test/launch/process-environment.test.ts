import { expect, test } from 'vitest';
import { inheritedEnvironment, processEnvironment } from '../../src/launch/process-environment.ts';

test('a package keeps what makes programs run, and none of the places and credentials of the shell', () => {
  const kept = { PATH: '/bin', HOME: '/home/me', LANG: 'C', HTTPS_PROXY: 'http://proxy', NODE_EXTRA_CA_CERTS: '/ca' };
  const dropped = {
    DK_ENV: 'other',
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'token',
    PGHOST: 'production',
    PG_PASS: 'secret',
    S3_BUCKET: 'production',
    GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
    AZURE_CLIENT_SECRET: 'secret',
  };
  expect(inheritedEnvironment({ ...kept, ...dropped, UNSET: undefined })).toEqual(kept);
});

test('the variables of the run are stronger than the shell, and -e is stronger than both', () => {
  const env = processEnvironment(
    { MODE: 'shell', LEVEL: 'shell', KIND: 'shell', AWS_REGION: 'shell' },
    { LEVEL: 'run', KIND: 'run', AWS_REGION: 'run' },
    { KIND: 'user', AWS_PROFILE: 'user' },
  );
  expect(env).toEqual({ MODE: 'shell', LEVEL: 'run', KIND: 'user', AWS_REGION: 'run', AWS_PROFILE: 'user' });
});

test('-e cannot set what resolution sets', () => {
  expect(() => processEnvironment({}, {}, { DK_CELL: 'other', MODE: 'fast' })).toThrow('DK_CELL cannot be set with -e');
});
