import { openTestCluster } from './cluster-place.ts';

// A process that brings a cluster up, for cluster-kill.test.ts to kill.
const cluster = await openTestCluster(JSON.parse(process.argv[2] ?? ''));
await cluster.ensure(() => {});
