import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Home, makeHome } from './dk.ts';

/** A home whose environment is a k3d cluster of a name that nobody else has. */
export interface ClusterHome extends Home {
  /** Of the environment. */
  readonly name: string;
  /** The environment's own kubeconfig. */
  readonly kubeconfigFile: string;
  /** What plain kubectl prints, with the environment's own kubeconfig. */
  kubectl(...args: readonly string[]): string;
  /** What the engine has under the environment's name: containers, volumes and networks. */
  inDocker(): readonly string[];
  /** All that the engine tells of them, to be compared with what it tells later. */
  inspected(): string;
}

/** A second home may have an environment of the same name. */
export function makeClusterHome(name = `t${randomUUID().slice(0, 8)}`): ClusterHome {
  const passed = ['DOCKER_HOST', 'DK_K3S_IMAGE', 'K3D_IMAGE_LOADBALANCER', 'K3D_IMAGE_TOOLS'].flatMap((variable) => {
    const value = process.env[variable];
    return value === undefined ? [] : [[variable, value] as const];
  });
  const home = makeHome({ ...Object.fromEntries(passed), DK_ENGINE: 'k3d', DK_ENV: name });
  const kubeconfigFile = join(home.state, 'environments', name, 'kubeconfig');
  return {
    ...home,
    name,
    kubeconfigFile,
    kubectl: (...args) => kubectl('--kubeconfig', kubeconfigFile, ...args),
    inDocker: () => thingsInDocker(name),
    inspected: () => thingsInDocker(name).map(inspect).join('\n'),
    async close() {
      // Even where its files are lost.
      await home.dk(['dev', 'down', '--delete', '--yes']);
      await home.close();
    },
  };
}

/** Why tests that need plain kubectl cannot run here; undefined where they can. */
export function whyNoKubectl(): string | undefined {
  try {
    kubectl('version', '--client');
    return undefined;
  } catch {
    return 'there is no kubectl';
  }
}

/** What plain kubectl prints; an error with its stderr where it fails. */
export function kubectl(...args: readonly string[]): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', stdio: 'pipe' });
}

/** Puts a cluster that is called `default` into the home's own kubeconfig, under this name, beside what is there; gives the file. */
export function addContext({ directory }: Home, kubeconfig: string, name: string): string {
  const file = join(directory, '.kube/config');
  const added = join(directory, 'added-kubeconfig');
  const renamed = kubeconfig.replaceAll(/(name|cluster|user|current-context): default/g, `$1: ${JSON.stringify(name)}`);
  writeFileSync(added, renamed, { mode: 0o600 });
  mkdirSync(dirname(file), { recursive: true });
  const merged = execFileSync('kubectl', ['config', 'view', '--flatten'], {
    encoding: 'utf8',
    env: { ...process.env, KUBECONFIG: [file, added].join(':') },
  });
  writeFileSync(file, merged, { mode: 0o600 });
  return file;
}

/** The engine tells mounts in another order each time. */
function inspect(thing: string): string {
  const [kind = '', name = ''] = thing.split(' ');
  const text = execFileSync('docker', [kind, 'inspect', name], { encoding: 'utf8' });
  const sorted = JSON.parse(text, (key, value) => (key === 'Mounts' ? value.map(JSON.stringify).sort() : value));
  return JSON.stringify(sorted, null, 2);
}

function thingsInDocker(name: string): readonly string[] {
  const asked = [
    ['container', 'ls', '--all', '--format', '{{.Names}}'],
    ['volume', 'ls', '--format', '{{.Name}}'],
    ['network', 'ls', '--format', '{{.Name}}'],
  ];
  return asked.flatMap(([kind = '', ...args]) =>
    execFileSync('docker', [kind, ...args], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(`dk-${name}`))
      .map((line) => `${kind} ${line}`),
  );
}
