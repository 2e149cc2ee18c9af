import { realpath } from 'node:fs/promises';
import { processesIn, stopProcess } from '../../tools/processes.ts';

/**
 * Ends the k3d that a killed dk left at work: under the environment's lock nobody else has one in its folder. Where processes
 * cannot be asked for their folder, k3d ends by itself with the next line that it cannot write to anybody.
 */
export async function stopOrphans(workFolder: string): Promise<void> {
  const folder = await realpath(workFolder).catch(() => undefined);
  const orphans = folder === undefined ? [] : await processesIn(folder, 'k3d');
  await Promise.all(orphans.map((orphan) => stopProcess(orphan, { graceMs: 2000 })));
}
