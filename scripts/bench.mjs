// `npm run bench [ROW]`: all rows, or those whose name holds these words.
import { rmSync } from 'node:fs';
import { benchController } from './bench/controller.mjs';
import { benchEmbedded } from './bench/embedded.mjs';
import { benchK3d } from './bench/k3d.mjs';
import { home, report } from './bench/measure.mjs';
import { benchObjectStore } from './bench/object-store.mjs';

try {
  benchEmbedded();
  benchK3d();
  await benchObjectStore();
  await benchController();
} finally {
  rmSync(home, { recursive: true, force: true });
}
report();
