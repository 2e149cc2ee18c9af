import { openFileCells } from '../../src/cells/files.ts';
import { storeOf } from './manifests.ts';

// Rewrites one Store and one Secret for ever, each value at both ends of 200 kB; a line for each time.
const [directory = '', secretsDirectory = ''] = process.argv.slice(2);
const cells = openFileCells({ where: 'test', directory, secretsDirectory });
const filling = 'x'.repeat(200_000);
for (let n = 0; ; n += 1) {
  await cells.applyStore('canary', storeOf('warehouse', { spec: { connection: { first: n, filling, last: n } } }));
  await cells.secrets.set('canary', 'warehouse', { FIRST: String(n), filling, LAST: String(n) });
  console.log(n);
}
