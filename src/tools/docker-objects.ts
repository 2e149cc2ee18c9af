import type Dockerode from 'dockerode';
import { accepting, type DockerRequest } from './docker-request.ts';

/** Label → value; as a filter, all of them must match. */
export type Labels = Readonly<Record<string, string>>;

/** A volume, a network or an image. */
export interface DockerObject {
  /** A volume's is its name. */
  readonly id: string;
  /** An image's is its first tag, if it has one. */
  readonly name: string;
  readonly labels: Labels;
}

const notFound = 404;
const workMs = 60_000;

/** Volumes of the local driver. */
export function dockerVolumes(client: Dockerode, ask: DockerRequest) {
  return {
    async list(labels: Labels): Promise<readonly DockerObject[]> {
      const filters = labelFilter(labels);
      const answer = await ask('list volumes', (abortSignal) => client.listVolumes({ filters, abortSignal }));
      // An engine without volumes says null.
      return (answer.Volumes ?? []).map(toVolume);
    },
    async inspect(name: string): Promise<DockerObject | undefined> {
      const found = await ask(`show volume ${name}`, (abortSignal) =>
        accepting([notFound], client.getVolume(name).inspect({ abortSignal })),
      );
      return found && toVolume(found);
    },
    /** Where there is a volume of that name it stays as it is, labels too. */
    async create(name: string, labels: Labels): Promise<void> {
      const options = { Name: name, Labels: { ...labels } };
      await ask(`make volume ${name}`, (abortSignal) => client.createVolume({ ...options, abortSignal }), workMs);
    },
    /** No matter whether it exists. */
    async remove(name: string): Promise<void> {
      const remove = (abortSignal: AbortSignal) => client.getVolume(name).remove({ abortSignal });
      await ask(`remove volume ${name}`, (signal) => accepting([notFound], remove(signal)), workMs);
    },
  };
}

/** Networks of the bridge driver. */
export function dockerNetworks(client: Dockerode, ask: DockerRequest) {
  return {
    async list(labels: Labels): Promise<readonly DockerObject[]> {
      const filters = labelFilter(labels);
      return (await ask('list networks', (abortSignal) => client.listNetworks({ filters, abortSignal }))).map(
        toNetwork,
      );
    },
    async inspect(name: string): Promise<DockerObject | undefined> {
      // Not dockerode's `inspect`: its types give that no signal. The filter alone would take parts of names too.
      const filters = { name: [`^${name}$`] };
      const answer = await ask(`show network ${name}`, (abortSignal) => client.listNetworks({ filters, abortSignal }));
      return answer.filter(({ Name }) => Name === name).map(toNetwork)[0];
    },
    async create(name: string, labels: Labels): Promise<void> {
      // Without CheckDuplicate older engines make a second network of the same name.
      const options = { Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: { ...labels } };
      await ask(`make network ${name}`, (abortSignal) => client.createNetwork({ ...options, abortSignal }), workMs);
    },
    /** No matter whether it exists. */
    async remove(nameOrId: string): Promise<void> {
      const remove = (abortSignal: AbortSignal) => client.getNetwork(nameOrId).remove({ abortSignal });
      await ask(`remove network ${nameOrId}`, (signal) => accepting([notFound], remove(signal)), workMs);
    },
  };
}

/** Images that the engine holds. */
export function dockerImages(client: Dockerode, ask: DockerRequest) {
  return {
    async list(labels: Labels): Promise<readonly DockerObject[]> {
      const filters = labelFilter(labels);
      return (await ask('list images', (abortSignal) => client.listImages({ filters, abortSignal }))).map(toImage);
    },
  };
}

/** The engine's filter for things with all of the labels. */
export function labelFilter(labels: Labels): { label: string[] } {
  return { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
}

function toVolume({ Name, Labels }: Pick<Dockerode.VolumeInspectInfo, 'Name' | 'Labels'>): DockerObject {
  return { id: Name, name: Name, labels: orNone(Labels) };
}

function toNetwork({ Id, Name, Labels }: Dockerode.NetworkInspectInfo): DockerObject {
  return { id: Id, name: Name, labels: orNone(Labels) };
}

function toImage({ Id, RepoTags, Labels }: Dockerode.ImageInfo): DockerObject {
  return { id: Id, name: RepoTags?.[0] ?? Id, labels: orNone(Labels) };
}

/** The engine says null for "no labels", whatever dockerode's types say. */
function orNone(labels: Labels | null | undefined): Labels {
  return labels ?? {};
}
