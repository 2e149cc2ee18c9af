import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Docker } from './docker.ts';
import type { PublishedPort } from './docker-containers.ts';
import type { Labels } from './docker-objects.ts';

/** A container that is to be made. */
export interface ContainerWish {
  readonly name: string;
  readonly image: string;
  /** Instead of the image's own. */
  readonly entrypoint: readonly string[] | undefined;
  /** The image's own when empty, unless there is an entry point. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Labels;
  /** Name of the network, or `host`. */
  readonly network: string;
  /** Whether the engine's little init is process 1, which passes signals on and reaps. */
  readonly init: boolean;
  /** Bytes. */
  readonly memory: number | undefined;
  /** Processors. */
  readonly cpus: number | undefined;
  /** Absent for what somebody waits for, attached to it. */
  readonly server?: ServerWish;
}

/** What makes a container a server: it is started again with the engine, which keeps its log. */
export interface ServerWish {
  readonly ports: readonly PublishedPort[];
  /** Path inside → name of the volume. */
  readonly mounts: Readonly<Record<string, string>>;
}

/** How a container ended. */
export interface ContainerEnd {
  readonly code: number;
  /** It was killed for using more memory than it may. */
  readonly outOfMemory: boolean;
  /** What the engine has to say, if anything. */
  readonly error: string;
}

/** Milliseconds. */
const longestTimer = 2 ** 31 - 1;
const newsMs = 300;

/** 128 and SIGKILL. */
const killed = 137;

/** Makes a container that does not run yet; returns its id. The engine keeps no log of it, unless it is a server: whoever is attached reads. */
export async function createContainer({ client, ask }: Docker, wish: ContainerWish): Promise<string> {
  const { name, image, entrypoint, args, env, labels, network, init, memory, cpus, server } = wish;
  const options = {
    name,
    Image: image,
    ...(entrypoint && { Entrypoint: [...entrypoint] }),
    ...((entrypoint || args.length > 0) && { Cmd: [...args] }),
    Env: Object.entries(env).map(([variable, value]) => `${variable}=${value}`),
    Labels: { ...labels },
    ...(server && { ExposedPorts: Object.fromEntries(server.ports.map((port) => [portKey(port), {}])) }),
    HostConfig: {
      NetworkMode: network,
      Init: init,
      ...(server ? serverConfig(server) : { LogConfig: { Type: 'none', Config: {} } }),
      // As much again of swap would let a package outgrow its limit.
      ...(memory !== undefined && { Memory: memory, MemorySwap: memory }),
      ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9) }),
    },
  };
  const { id } = await ask('make a container', () => client.createContainer(options), 60_000);
  return id;
}

function serverConfig({ ports, mounts }: ServerWish) {
  const bindings = ports.map((port) => [portKey(port), [{ HostIp: port.hostIp, HostPort: String(port.hostPort) }]]);
  return {
    RestartPolicy: { Name: 'unless-stopped' },
    PortBindings: Object.fromEntries(bindings),
    Binds: Object.entries(mounts).map(([path, volume]) => `${volume}:${path}`),
  };
}

function portKey({ containerPort }: PublishedPort): string {
  return `${containerPort}/tcp`;
}

/** Unpacks a tar archive into the root of a container, running or not. */
export async function putArchive({ client, ask }: Docker, id: string, archive: Buffer): Promise<void> {
  await ask('put files into the container', () => client.getContainer(id).putArchive(archive, { path: '/' }));
}

/** The output of a container from now on, both streams in one; see `readFrames`. */
export async function attach({ client, ask }: Docker, id: string): Promise<Readable> {
  const options = { stream: true, stdout: true, stderr: true };
  // Without the request's own signal, whose time-out would cut the stream.
  const stream = await ask('attach to the container', () => client.getContainer(id).attach(options));
  return Readable.from(stream);
}

/** Both streams apart, as they come; ends with the container. */
export async function* readFrames(stream: Readable): AsyncGenerator<{ name: 'stdout' | 'stderr'; chunk: Buffer }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    // Eight bytes of header: the stream's number, and at the end the length of what follows.
    for (let length = frameLength(rest); length !== undefined; length = frameLength(rest)) {
      yield { name: rest[0] === 2 ? 'stderr' : 'stdout', chunk: rest.subarray(8, length) };
      rest = rest.subarray(length);
    }
  }
}

function frameLength(bytes: Buffer): number | undefined {
  if (bytes.length < 8) return undefined;
  const length = 8 + bytes.readUInt32BE(4);
  return bytes.length < length ? undefined : length;
}

/** Waits for the end of a container that was started. */
export async function waitForEnd({ client, ask }: Docker, id: string): Promise<ContainerEnd> {
  const container = client.getContainer(id);
  const wait = async () => {
    const { StatusCode: code } = (await container.wait()) as { StatusCode: number };
    let { State } = await container.inspect();
    if (code === killed && !State.OOMKilled) {
      // That it was for its memory may come to the engine later than its end.
      await delay(newsMs);
      ({ State } = await container.inspect());
    }
    return { code, outOfMemory: State.OOMKilled, error: State.Error };
  };
  return ask('wait for the container', wait, longestTimer);
}

/** Ends it at once; no matter whether it runs. */
export async function killContainer({ client }: Docker, id: string): Promise<void> {
  // The engine refuses when it does not run, which is as good.
  await client
    .getContainer(id)
    .kill()
    .catch(() => undefined);
}

/** What kind of engine it is. */
export interface EngineFacts {
  /** Such as `x86_64` or `aarch64`. */
  readonly machine: string;
  /** Such as `Docker Desktop`. */
  readonly system: string;
  readonly rootless: boolean;
}

export async function engineFacts({ client, ask }: Docker): Promise<EngineFacts> {
  const info = (await ask('tell what it is', () => client.info())) as {
    readonly Architecture: string;
    readonly OperatingSystem: string;
    readonly SecurityOptions?: readonly string[];
  };
  const rootless = (info.SecurityOptions ?? []).some((option) => option.includes('rootless'));
  return { machine: info.Architecture, system: info.OperatingSystem, rootless };
}
