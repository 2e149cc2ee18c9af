import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/cluster/**'],
    globalSetup: ['test/helpers/files-in-memory.ts', 'test/helpers/global-setup.ts'],
    reporters: [
      'default',
      ['./test/helpers/what-ran.ts', { elsewhere: 'what needs a cluster (npm run test:cluster, with Docker)' }],
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Test files share nothing but modules without state; loading those anew for each file takes a third of the time.
    isolate: false,
  },
});
