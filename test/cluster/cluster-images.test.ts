import { expect, it } from 'vitest';
import { fullName } from '../../src/tools/node-images.ts';

it('gives images the names that a node gives them', () => {
  const names = ['alpine', 'alpine:3', 'team/app:1', 'ghcr.io/team/app', 'localhost:5000/app', 'localhost/app:2'];
  expect(names.map(fullName)).toEqual([
    'docker.io/library/alpine:latest',
    'docker.io/library/alpine:3',
    'docker.io/team/app:1',
    'ghcr.io/team/app:latest',
    'localhost:5000/app:latest',
    'localhost/app:2',
  ]);
});
