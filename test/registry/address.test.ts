import { describe, expect, it } from 'vitest';
import { formatRegistryAddress, parseRegistryAddress, repositoryOf } from '../../src/registry/address.ts';
import { parseChallenges } from '../../src/registry/challenge.ts';

describe('the address of a registry', () => {
  it.each([
    ['localhost:5000', 'localhost:5000', '', 'http://localhost:5000'],
    ['oci://localhost:5000/team', 'localhost:5000', 'team', 'http://localhost:5000'],
    ['127.0.0.1:5000/a/b/', '127.0.0.1:5000', 'a/b', 'http://127.0.0.1:5000'],
    ['[::1]:5000', '[::1]:5000', '', 'http://[::1]:5000'],
    ['https://localhost:5000', 'localhost:5000', '', 'https://localhost:5000'],
    ['ghcr.io/my-team', 'ghcr.io', 'my-team', 'https://ghcr.io'],
    ['docker.io/me', 'docker.io', 'me', 'https://registry-1.docker.io'],
    ['registry:5000/team', 'registry:5000', 'team', 'https://registry:5000'],
  ])('%s has a host, a namespace and a scheme', (text, host, namespace, origin) => {
    const address = parseRegistryAddress(text);
    expect(address).toEqual({ host, namespace, origin });
    expect(parseRegistryAddress(formatRegistryAddress(address))).toMatchObject({ host, namespace });
    expect(repositoryOf(address, 'pg-to-s3')).toBe(namespace === '' ? 'pg-to-s3' : `${namespace}/pg-to-s3`);
  });

  it.each([
    '',
    'team',
    'team/pg-to-s3',
    'ghcr.io/Team',
    'ghcr.io//a',
    'ghcr.io/../a',
    'ftp://ghcr.io',
    'a b.c',
  ])('%j is none', (text) => {
    expect(() => parseRegistryAddress(text)).toThrow(expect.objectContaining({ kind: 'usage' }));
  });

  it('is plain HTTP elsewhere only when that is asked for', () => {
    expect(parseRegistryAddress('registry.example:5000', true).origin).toBe('http://registry.example:5000');
    expect(() => parseRegistryAddress('http://registry.example')).toThrow(/plain HTTP/);
    expect(parseRegistryAddress('localhost.example:5000').origin).toBe('https://localhost.example:5000');
  });
});

describe('a challenge', () => {
  it('may name several ways to log in, and have commas and quotes in its values', () => {
    const header =
      'Basic realm="a \\"b\\", c", Bearer realm="https://a/token",service=b,Scope="repository:x:pull,push"';
    expect(parseChallenges(header)).toEqual([
      { scheme: 'basic', parameters: { realm: 'a "b", c' } },
      { scheme: 'bearer', parameters: { realm: 'https://a/token', service: 'b', scope: 'repository:x:pull,push' } },
    ]);
    expect(parseChallenges('')).toEqual([]);
    expect(parseChallenges('Negotiate')).toEqual([{ scheme: 'negotiate', parameters: {} }]);
  });
});
