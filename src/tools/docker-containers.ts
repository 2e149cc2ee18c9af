import type Dockerode from 'dockerode';
import { type Labels, labelFilter } from './docker-objects.ts';
import { accepting, type DockerRequest } from './docker-request.ts';

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** A container as lists have it. */
export interface DockerContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  readonly labels: Labels;
  /** Names of the networks it is on, or will be on when it runs. */
  readonly networks: readonly string[];
}

/** A port that the engine publishes while the container runs. */
export interface PublishedPort {
  readonly containerPort: number;
  /** Empty where the engine listens on every address. */
  readonly hostIp: string;
  readonly hostPort: number;
}

/** All that is known of one container. */
export interface DockerContainerDetails extends DockerContainer {
  /** As asked for at its creation, whether it runs or not. */
  readonly ports: readonly PublishedPort[];
  /** Path inside → name of the volume, or path of the host. */
  readonly mounts: Readonly<Record<string, string>>;
  /** ISO 8601; undefined when it never ran. */
  readonly startedAt: string | undefined;
}

const already = 304;
const notFound = 404;
/** Nothing else keeps a container from being removed by force. */
const isBeingRemoved = 409;
const workMs = 60_000;

/** Containers in every state. */
export function dockerContainers(client: Dockerode, ask: DockerRequest) {
  return {
    async list(labels: Labels): Promise<readonly DockerContainer[]> {
      const options = { all: true, filters: labelFilter(labels) };
      const answer = await ask('list containers', (abortSignal) => client.listContainers({ ...options, abortSignal }));
      return answer.map(toContainer);
    },
    async inspect(nameOrId: string): Promise<DockerContainerDetails | undefined> {
      const found = await ask(`show container ${nameOrId}`, (abortSignal) =>
        accepting([notFound], client.getContainer(nameOrId).inspect({ abortSignal })),
      );
      return found && toDetails(found);
    },
    async start(nameOrId: string): Promise<void> {
      const start = (abortSignal: AbortSignal) => client.getContainer(nameOrId).start({ abortSignal });
      await ask(`start container ${nameOrId}`, (signal) => accepting([already], start(signal)), workMs);
    },
    /** Ends it by force when it has not ended by itself after `seconds`. */
    async stop(nameOrId: string, seconds = 10): Promise<void> {
      const stop = (abortSignal: AbortSignal) => client.getContainer(nameOrId).stop({ t: seconds, abortSignal });
      const timeoutMs = workMs + seconds * 1000;
      await ask(`stop container ${nameOrId}`, (signal) => accepting([already, notFound], stop(signal)), timeoutMs);
    },
    /** Running or not, with its volumes that have no name; ends when it is gone, whoever removes it. */
    async remove(nameOrId: string): Promise<void> {
      const container = client.getContainer(nameOrId);
      const remove = (abortSignal: AbortSignal) => container.remove({ force: true, v: true, abortSignal });
      const gone = (abortSignal: AbortSignal) => container.wait({ condition: 'removed', abortSignal });
      const doing = `remove container ${nameOrId}`;
      await ask(doing, (signal) => accepting([notFound, isBeingRemoved], remove(signal)), workMs);
      await ask(doing, (signal) => accepting([notFound], gone(signal)), workMs);
    },
  };
}

function toContainer(info: Dockerode.ContainerInfo): DockerContainer {
  return {
    id: info.Id,
    name: withoutSlash(info.Names[0] ?? info.Id),
    image: info.Image,
    state: info.State as ContainerState,
    labels: info.Labels,
    networks: Object.keys(info.NetworkSettings.Networks),
  };
}

function toDetails(info: Dockerode.ContainerInspectInfo): DockerContainerDetails {
  return {
    id: info.Id,
    name: withoutSlash(info.Name),
    image: info.Config.Image,
    state: info.State.Status as ContainerState,
    labels: info.Config.Labels,
    networks: Object.keys(info.NetworkSettings.Networks),
    ports: publishedPorts(info.HostConfig.PortBindings),
    mounts: Object.fromEntries(info.Mounts.map(({ Destination, Name, Source }) => [Destination, Name ?? Source])),
    // The year 1 stands for "never".
    startedAt: info.State.StartedAt.startsWith('0001-') ? undefined : info.State.StartedAt,
  };
}

/** Keys are like `30432/tcp`. */
function publishedPorts(bindings: Dockerode.PortMap | null): readonly PublishedPort[] {
  return Object.entries(bindings ?? {}).flatMap(([port, hosts]) =>
    (hosts ?? []).map(({ HostIp = '', HostPort }) => ({
      containerPort: Number.parseInt(port, 10),
      hostIp: HostIp,
      hostPort: Number(HostPort),
    })),
  );
}

function withoutSlash(name: string): string {
  return name.replace(/^\//, '');
}
