import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, type ClusterOptions, openCluster } from '../../src/environment/k3d/cluster.ts';
import { findFreePort } from '../../src/tools/ports.ts';
import { createTestContext } from '../helpers/context.ts';

/** Why tests that need k3d cannot run here; undefined where they can. */
export function whyNoCluster(): string | undefined {
  for (const [program, ...args] of [
    ['docker', 'version'],
    ['k3d', 'version'],
  ] as const) {
    try {
      execFileSync(program, args, { stdio: 'pipe', timeout: 10_000 });
    } catch {
      return `${program} is not there, or does not answer`;
    }
  }
  return process.env['DK_K3S_IMAGE'] ? undefined : 'DK_K3S_IMAGE names no Kubernetes node image';
}

/** Wishes for a cluster of a name, ports and folder of its own. */
export async function newClusterOptions(): Promise<ClusterOptions> {
  const postgres = await findFreePort(21_000 + (process.pid % 1000) * 4);
  const s3 = await findFreePort(postgres + 1);
  const ports = { postgres, s3, console: await findFreePort(s3 + 1) };
  const directory = mkdtempSync(join(tmpdir(), 'dk-cluster-'));
  return { name: `t${randomUUID().slice(0, 8)}`, id: randomUUID(), ports, directory };
}

/** Leaves nothing of it behind. */
export async function removeTestCluster(options: ClusterOptions): Promise<void> {
  try {
    await (await openTestCluster(options)).remove();
  } finally {
    rmSync(options.directory, { recursive: true, force: true });
  }
}

/** A cluster with the environment of this process. */
export function openTestCluster(options: ClusterOptions): Promise<Cluster> {
  return openCluster(createTestContext({ env: process.env }).context, options);
}

/** The output of a docker command, trimmed. */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
