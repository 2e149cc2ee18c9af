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
    {
      moment: 'when it has made its network',
      comes: () => eventually(() => exists('network', context())),
      victim: 'dk',
    },
    // It runs for milliseconds only.
    { moment: "when k3d's helper runs", comes: () => startOf(`${context()}-tools`), victim: 'k3d' },
    { moment: 'when the node is there', comes: () => eventually(() => exists('container', server())), victim: 'dk' },
    { moment: 'when the node is there', comes: () => eventually(() => exists('container', server())), victim: 'k3d' },
    { moment: 'when the node has started', comes: () => eventually(() => isRunning(server())), victim: 'dk' },
    { moment: 'while Kubernetes starts', comes: () => eventually(() => hasRunFor(server(), 5000)), victim: 'k3d' },
    { moment: 'when Kubernetes has started', comes: () => eventually(hasKubeconfig), victim: 'dk' },
  ] as const;

  for (const { moment, comes, victim } of moments) {
    it(`is made good by the next one: ${victim} killed ${moment}`, async () => {
      const isTime = comes();
      const program = spawn(process.execPath, [join(folder, 'program.mjs'), JSON.stringify(options)], {
        stdio: 'ignore',
      });
      await isTime;
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
  return stateOf(container)?.Running === true;
}

function hasRunFor(container: string, milliseconds: number): boolean {
  const state = stateOf(container);
  return state?.Running === true && Date.now() - Date.parse(state.StartedAt) > milliseconds;
}

/** In one question: it may be gone before a second one. */
function stateOf(container: string): { readonly Running: boolean; readonly StartedAt: string } | undefined {
  try {
    return JSON.parse(docker('inspect', '--format', '{{json .State}}', container));
  } catch {
    return undefined;
  }
}

function succeeds(...args: readonly string[]): boolean {
  try {
    docker(...args);
    return true;
  } catch {
    return false;
  }
}

/** Told by the engine, so that it is not missed. */
async function startOf(container: string): Promise<void> {
  const filters = ['type=container', 'event=start', `container=${container}`].flatMap((filter) => ['--filter', filter]);
  const watching = spawn('docker', ['events', ...filters], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 120_000 });
  await once(watching.stdout, 'data', { signal: AbortSignal.timeout(120_000) });
  watching.kill();
}

/** Not vitest's `poll`: what is waited for may last for milliseconds only. */
async function eventually(ask: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 120_000; !ask(); await pause(5)) {
    if (Date.now() > deadline) throw new Error('the moment to kill did not come within 120 s');
  }
}
