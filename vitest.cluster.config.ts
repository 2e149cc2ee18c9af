import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    reporters: ['default', ['./test/helpers/what-ran.ts', { elsewhere: 'what needs no cluster (npm test)' }]],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Each has a node of its own, and waits for it most of the time; more would only wait for each other.
    maxWorkers: 2,
  },
});
