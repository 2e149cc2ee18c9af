// What quality.md asks of k3d environments; left out, saying why, where the machine cannot make one.
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, home, isWanted, root, shell, whyNoCluster } from './measure.mjs';

const name = `bench-${process.pid}`;
const { execute, runDk, dkIn, env } = shell({
  ...Object.fromEntries(
    ['DK_K3S_IMAGE', 'DOCKER_HOST', 'K3D_IMAGE_TOOLS', 'K3D_IMAGE_LOADBALANCER'].flatMap((key) =>
      process.env[key] ? [[key, process.env[key]]] : [],
    ),
  ),
  DK_ENGINE: 'k3d',
  DK_ENV: name,
});
const package_ = join(root, 'examples/pg-to-s3');
const rows = {
  first: 'k3d dev up, first, over k3d + kubectl by hand',
  unchanged: 'k3d dev up, unchanged',
  cell: 'k3d: one more cell',
  cells: 'k3d: 50 more cells',
  run: 'dk run in a cluster over starting the same process by hand',
  list: 'dk cell list at 200 cells × 10 Stores over kubectl get cells',
};

export function benchK3d() {
  if (!Object.values(rows).some(isWanted)) return;
  const why = whyNoCluster(execute) ?? (readdirSync(join(root, 'k3d')).length === 0 ? 'k3d/ is missing' : undefined);
  if (why) return console.error(`k3d rows are left out: ${why}`);
  try {
    compare(rows.first, {
      baseline: byHand(),
      subject: { run: () => runDk('dev', 'up'), after: remove },
      rounds: 2,
      bar: 1.3,
    });
    runDk('dev', 'up');
    compare(rows.unchanged, {
      kind: 'difference',
      baseline: { run: () => undefined },
      subject: { run: () => runDk('dev', 'up') },
      rounds: 10,
      bar: 1000,
    });
    compareCells();
    compareRun();
    compareList();
  } finally {
    remove();
  }
}

const remove = () => runDk('dev', 'down', '--delete', '--yes');
const many = Array.from({ length: 50 }, (_, index) => ['--cell', `many-${index}`]).flat();
const unchanged = { run: () => runDk('dev', 'up') };

function compareCells() {
  let counter = 0;
  compare(rows.cell, {
    kind: 'difference',
    baseline: unchanged,
    subject: { run: () => runDk('dev', 'up', '--cell', `more-${counter++}`) },
    rounds: 3,
    bar: 2000,
  });
  compare(rows.cells, {
    kind: 'difference',
    baseline: unchanged,
    subject: {
      run: () => runDk('dev', 'up', ...many),
      after: () => runDk('dev', 'down', '--delete', '--yes', ...many),
    },
    rounds: 1,
    bar: 30_000,
  });
}

function compareRun() {
  const idle = join(home, 'idle-k3d');
  cpSync(package_, idle, { recursive: true, filter: (file) => !file.includes('node_modules') });
  dkIn(package_, 'dev', 'seed');
  const byHand = JSON.parse(dkIn(package_, 'env', '--cell', 'local', '--format', 'json'));
  const noop = join(idle, 'noop.mjs');
  writeFileSync(noop, 'process.exitCode = 0;\n');
  const set = ['--set', `command=[${JSON.stringify(process.execPath)},"noop.mjs"]`];
  compare(rows.run, {
    kind: 'difference',
    baseline: { run: () => execute(process.execPath, [noop], { cwd: idle, env: { ...env, ...byHand } }) },
    subject: { run: () => dkIn(idle, 'run', '--cell', 'local', ...set) },
    rounds: 15,
    bar: 300,
  });
}

function compareList() {
  if (!isWanted(rows.list)) return;
  const { created, counted } = manyCells();
  // It would connect to two thousand Stores that are nowhere.
  kubectl('scale', 'deployment', 'dk-controller', '-n', 'dk-system', '--replicas=0');
  kubectl('apply', '--server-side', '-f', created);
  kubectl(
    'apply',
    '--server-side',
    '--subresource=status',
    '--validate=false',
    '--field-manager=controller',
    '--force-conflicts',
    '-f',
    counted,
  );
  compare(rows.list, {
    baseline: { run: () => kubectl('get', 'cells') },
    subject: { run: () => runDk('cell', 'list') },
    rounds: 10,
    bar: 1.5,
  });
}

const kubeconfig = join(home, 'state/dk/environments', name, 'kubeconfig');
const kubectl = (...args) => execute('kubectl', ['--kubeconfig', kubeconfig, ...args]);

/**
 * Two files: the cells with their Stores, and the status that a controller keeps of every cell there is, so that both
 * commands read what is written in the Cells, as they do where a controller runs.
 */
function manyCells() {
  const apiVersion = 'datakit.infoblox.dev/v1alpha1';
  const documents = Array.from({ length: 200 }, (_, index) => {
    const namespace = `dk-list-${index}`;
    const stores = Array.from({ length: 10 }, (_, store) => ({
      apiVersion,
      kind: 'Store',
      metadata: { name: `store-${store}`, namespace },
      spec: { connector: 'postgres', connection: { host: 'nowhere' } },
    }));
    return [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { apiVersion, kind: 'Cell', metadata: { name: `list-${index}` }, spec: { namespace } },
      ...stores,
    ];
  });
  const created = writeList('many-cells.json', documents.flat());
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  const condition = { type: 'Ready', status: 'True', reason: 'StoresReady', message: '', lastTransitionTime };
  const status = { ready: true, storeCount: 10, packageCount: 0, conditions: [condition] };
  const names = [...documents.map((_, index) => `list-${index}`), 'local'];
  const counted = names.map((name) => ({ apiVersion, kind: 'Cell', metadata: { name }, status }));
  return { created, counted: writeList('counted-cells.json', counted) };
}

function writeList(name, items) {
  const file = join(home, name);
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  return file;
}

/** The same with the programs of k3d, kubectl and docker: cluster, kinds, servers with their Secrets, the controller, and waiting for them. */
function byHand() {
  const config = join(home, 'by-hand.kubeconfig');
  const cluster = `${name}-hand`;
  const controller = `dk-${name}:by-hand`;
  const k = (...args) => execute('kubectl', ['--kubeconfig', config, ...args]);
  const folder = (each) => join(root, 'infra-manifests', each);
  return {
    run() {
      const image = env.DK_K3S_IMAGE ? ['--image', env.DK_K3S_IMAGE] : [];
      execute('k3d', [
        'cluster',
        'create',
        cluster,
        '--no-lb',
        '--wait',
        ...['--env', 'CONTAINERD_NAMESPACE=k8s.io@server:*'],
        ...image,
        '--kubeconfig-update-default=false',
      ]);
      writeFileSync(config, execute('k3d', ['kubeconfig', 'get', cluster]), { mode: 0o600 });
      k('apply', '-f', folder('crds'));
      k('apply', '-f', join(folder('postgres'), 'namespace.yaml'));
      k('create', 'secret', 'generic', 'postgres', '-n', 'dk-infra', '--from-literal=password=by-hand');
      k(
        'create',
        'secret',
        'generic',
        'minio',
        '-n',
        'dk-infra',
        '--from-literal=root-user=by-hand',
        '--from-literal=root-password=by-hand-password',
      );
      k('apply', '-f', folder('postgres'), '-f', folder('minio'));
      execute('docker', ['build', '--tag', controller, '--file', dockerfile(), join(root, 'dist')]);
      execute('k3d', ['image', 'import', '--mode', 'direct', '--cluster', cluster, controller]);
      k('apply', '-f', join(folder('controller'), 'namespace.yaml'));
      k('apply', '-f', folder('controller'));
      k('set', 'image', '-n', 'dk-system', 'deployment/dk-controller', `controller=${controller}`);
      k('rollout', 'status', 'statefulset', '-n', 'dk-infra', '--timeout=300s');
      k('rollout', 'status', 'deployment', '-n', 'dk-system', '--timeout=300s');
    },
    after() {
      execute('k3d', ['cluster', 'delete', cluster]);
      execute('docker', ['rmi', controller]);
    },
  };
}

function dockerfile() {
  const file = join(home, 'controller.dockerfile');
  const lines = ['FROM node:24-slim', 'COPY . /opt/dk/', 'ENTRYPOINT ["node", "/opt/dk/bin.js", "controller"]', ''];
  writeFileSync(file, lines.join('\n'));
  return file;
}
