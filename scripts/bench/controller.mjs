// What quality.md asks of the controller; left out, saying why, where the machine cannot make a cluster.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dk, home, isWanted, record, root, shell, whyNoCluster } from './measure.mjs';

const name = `bench-controller-${process.pid}`;
const config = join(home, 'controller.kubeconfig');
const passed = ['DK_K3S_IMAGE', 'DOCKER_HOST', 'K3D_IMAGE_TOOLS', 'K3D_IMAGE_LOADBALANCER'];
const { execute, env } = shell({
  ...Object.fromEntries(passed.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : []))),
  KUBECONFIG: config,
});
const kubectl = (...args) => execute('kubectl', args, { maxBuffer: 1e9 });
const rows = {
  cold: 'controller: 500 deployments from cold',
  writes: 'controller: writes for each of them',
  idle: 'controller: writes in 30 s without news, and a restart',
};
const [cells, each] = [10, 50];
const idleMs = 30_000;

export async function benchController() {
  if (!Object.values(rows).some(isWanted)) return;
  const why = whyNoCluster(execute);
  if (why) return console.error(`controller rows are left out: ${why}`);
  try {
    makeCluster();
    const cold = await run(untilSeen);
    record(rows.cold, { value: cold.tookMs, bar: 30_000, unit: 'ms' });
    record(rows.writes, { value: cold.writes / (cells * each), bar: 5, unit: 'writes' });
    const idle = await run(() => pause(idleMs));
    record(rows.idle, { value: idle.writes, bar: 0, unit: 'writes' });
  } finally {
    execute('k3d', ['cluster', 'delete', name]);
  }
}

function makeCluster() {
  const image = env.DK_K3S_IMAGE ? ['--image', env.DK_K3S_IMAGE] : [];
  const quiet = ['--kubeconfig-update-default=false', '--no-lb', '--wait'];
  execute('k3d', ['cluster', 'create', name, ...quiet, ...image]);
  writeFileSync(config, execute('k3d', ['kubeconfig', 'get', name]), { mode: 0o600 });
  kubectl('apply', '-f', join(root, 'infra-manifests/crds'));
  kubectl('wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all');
  const file = join(home, 'deployments.json');
  const items = Array.from({ length: cells }, (_, index) => cellWithDeployments(`bench-${index}`)).flat();
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  kubectl('apply', '--server-side', '-f', file);
}

const apiVersion = 'datakit.infoblox.dev/v1alpha1';

/** Of the deployments, a tenth waits for requests; the others are scheduled, every other one of them suspended. */
function cellWithDeployments(cell) {
  const namespace = `dk-${cell}`;
  const store = { connector: 'postgres', connection: { host: '127.0.0.1' }, secrets: { password: '${PG_PASS}' } };
  const deployments = Array.from({ length: each }, (_, index) => ({
    apiVersion,
    kind: 'PackageDeployment',
    metadata: { name: `package-${index}`, namespace },
    spec: deploymentSpec(
      `package-${index}`,
      cell,
      index % 10 === 0 ? undefined : { cron: '@yearly', suspend: index % 2 === 0 },
    ),
  }));
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion, kind: 'Cell', metadata: { name: cell }, spec: { namespace } },
    { apiVersion, kind: 'Store', metadata: { name: 'warehouse', namespace }, spec: store },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'warehouse', namespace },
      stringData: { PG_PASS: 'correct-horse' },
    },
    ...deployments,
  ];
}

function deploymentSpec(name, cell, schedule) {
  const transform = {
    runtime: 'generic-node',
    inputs: [{ dataset: 'orders' }],
    outputs: [{ dataset: 'revenue' }],
  };
  const dataSet = (dataset) => ({ kind: 'DataSet', name: dataset, spec: { store: 'warehouse', table: dataset } });
  const manifest = (kind, named, spec) => JSON.stringify({ apiVersion, kind, metadata: { name: named }, spec });
  return {
    package: { name, version: '1.0.0' },
    cell,
    image: 'busybox:1.37',
    manifests: {
      'dk.yaml': manifest('Transform', name, transform),
      ...Object.fromEntries(
        ['orders', 'revenue']
          .map(dataSet)
          .map((set) => [`dataset/${set.name}.yaml`, manifest(set.kind, set.name, set.spec)]),
      ),
    },
    ...(schedule && { schedule }),
  };
}

/** Runs a controller until something is over, and gives the time of that and what the controller says that it wrote. */
async function run(until) {
  const context = kubectl('config', 'current-context').trim();
  const began = performance.now();
  const controller = spawn(process.execPath, [dk, 'controller', '--context', context], { env, stdio: 'pipe' });
  let log = '';
  controller.stderr.on('data', (chunk) => (log += chunk));
  controller.stdout.resume();
  try {
    await until(() => log);
    const tookMs = performance.now() - began;
    controller.kill('SIGTERM');
    await once(controller, 'close');
    return { tookMs, writes: writesIn(log) };
  } finally {
    controller.kill('SIGKILL');
  }
}

async function untilSeen(log) {
  const deadline = performance.now() + 300_000;
  while (!allSeen()) {
    if (performance.now() > deadline) throw new Error(`not all deployments were seen to:\n${log()}`);
    await pause(500);
  }
}

function allSeen() {
  const items = JSON.parse(kubectl('get', 'pkgd', '-A', '-o', 'json')).items;
  return items.every(({ metadata, status }) => status?.observedGeneration === metadata.generation);
}

/** The sum of what its last line counts: `writes="apply Secret 500, status PackageDeployment 500"`. */
function writesIn(log) {
  const line = log.trimEnd().split('\n').at(-1) ?? '';
  const [, text] = /what=ended writes=(?:"(.*)"|\S*)$/.exec(line) ?? [];
  console.error(`  ${line}`);
  return (text ?? '').split(', ').reduce((sum, each) => sum + Number(/(\d+)$/.exec(each)?.[1] ?? 0), 0);
}
