import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterOptions } from '../../src/environment/k3d/cluster.ts';
import { processesIn } from '../../src/tools/processes.ts';
import { docker, newClusterOptions, openTestCluster, removeTestCluster, whyNoCluster } from './cluster-place.ts';

const why = whyNoCluster();
// Below the package, whose files and dependencies it has to find.
const folder = resolve('node_modules/.cache', `dk-cluster-${process.pid}`);

describe.skipIf(why)(`a creation that is killed${why ? ` (skipped: ${why})` : ''}`, () => {
  let options: ClusterOptions;

  beforeAll(async () => {
    options = await newClusterOptions();
    const bundled = { bundle: true, packages: 'external', format: 'esm', platform: 'node' } as const;
    await build({ ...bundled, entryPoints: ['test/cluster/cluster-program.ts'], outfile: join(folder, 'program.mjs') });
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await removeTestCluster(options);
  });

  const moments = [
    { moment: 'when it has made its network', until: () => exists('network', context()), victim: 'dk' },
    { moment: "when k3d's helper runs", until: () => isRunning(`${context()}-tools`), victim: 'k3d' },
    { moment: 'when the node is there', until: () => exists('container', server()), victim: 'dk' },
    { moment: 'when the node is there', until: () => exists('container', server()), victim: 'k3d' },
    { moment: 'when the node has started', until: () => isRunning(server()), victim: 'dk' },
    { moment: 'while Kubernetes starts', until: () => hasRunFor(server(), 5000), victim: 'k3d' },
    { moment: 'when Kubernetes has started', until: () => hasKubeconfig(), victim: 'dk' },
  ] as const;

  for (const { moment, until, victim } of moments) {
    it(`is made good by the next one: ${victim} killed ${moment}`, async () => {
      const program = spawn(process.execPath, [join(folder, 'program.mjs'), JSON.stringify(options)], {
        stdio: 'ignore',
      });
      await eventually(until);
      await kill(victim, program);
      const cluster = await openTestCluster(options);
      await cluster.ensure(() => {});
      expect(await cluster.state()).toEqual({ kind: 'running' });
      expect(await cluster.remains()).toHaveLength(4);
      // The next moment is one of a creation again.
      docker('rm', '--force', '--volumes', server());
    });
  }

  const context = () => `k3d-dk-${options.name}`;
  const server = () => `${context()}-server-0`;
  const hasKubeconfig = () => succeeds('exec', server(), 'test', '-s', '/output/kubeconfig.yaml');

  /** A dk that is killed leaves its k3d at work; one whose k3d is killed ends by itself. */
  async function kill(victim: 'dk' | 'k3d', program: ChildProcess): Promise<void> {
    const ended = once(program, 'exit');
    if (victim === 'dk') program.kill('SIGKILL');
    else for (const { pid } of await processesIn(join(options.directory, 'k3d'), 'k3d')) process.kill(pid, 'SIGKILL');
    await ended;
  }
});

function exists(kind: 'network' | 'container', name: string): boolean {
  return succeeds(kind, 'inspect', name);
}

function isRunning(container: string): boolean {
  return succeeds('inspect', container) && docker('inspect', '--format', '{{.State.Running}}', container) === 'true';
}

function hasRunFor(container: string, milliseconds: number): boolean {
  if (!isRunning(container)) return false;
  return Date.now() - Date.parse(docker('inspect', '--format', '{{.State.StartedAt}}', container)) > milliseconds;
}

function succeeds(...args: readonly string[]): boolean {
  try {
    docker(...args);
    return true;
  } catch {
    return false;
  }
}

/** Not vitest's `poll`: what is waited for may last for milliseconds only. */
async function eventually(ask: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 120_000; !ask(); await pause(5)) {
    if (Date.now() > deadline) throw new Error('the moment to kill did not come within 120 s');
  }
}
