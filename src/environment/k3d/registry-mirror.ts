import { Failure } from '../../failure.ts';
import type { Docker } from '../../tools/docker.ts';
import { execInContainer } from '../../tools/docker-exec.ts';
import type { ClusterNames } from './cluster-names.ts';
import { registryPort } from './registry-found.ts';

/** Where k3s has its containerd look at every pull for the way to a registry; what others put there it leaves alone. */
const hostsFolder = '/var/lib/rancher/k3s/agent/etc/containerd/certs.d';

/** Why the node does not know that `localhost:<port>` is the registry, and not itself. */
export async function mirrorFault(
  docker: Docker,
  { server, registry }: ClusterNames,
  port: number,
): Promise<string | undefined> {
  const { code, output } = await execInContainer(docker, server, ['cat', hostsFile(port)]);
  return code === 0 && output === hostsText(registry) ? undefined : 'the node does not know the way to it';
}

/** Tells the node where it is, under the name that charts have for it; no restart is needed. */
export async function writeMirror(docker: Docker, { server, registry }: ClusterNames, port: number): Promise<void> {
  const file = hostsFile(port);
  const script = 'mkdir -p "$(dirname "$0")" && printf %s "$1" > "$0"';
  const { code, output } = await execInContainer(docker, server, ['sh', '-c', script, file, hostsText(registry)]);
  if (code === 0) return;
  throw new Failure('unhealthy', {
    what: `The node ${server} could not be told the way to the registry`,
    why: `${file}: ${output.trim()}`,
    next: `docker exec ${server} df -h ${hostsFolder}`,
  });
}

function hostsFile(port: number): string {
  return `${hostsFolder}/localhost:${port}/hosts.toml`;
}

function hostsText(registry: string): string {
  const server = `http://${registry}:${registryPort}`;
  return `server = "${server}"\n\n[host."${server}"]\n  capabilities = ["pull", "resolve"]\n`;
}
