import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Failure, reasonOf } from '../failure.ts';
import { type Docker, openDocker } from '../tools/docker.ts';
import {
  attach,
  type ContainerWish,
  createContainer,
  killContainer,
  putArchive,
  readFrames,
  waitForEnd,
} from '../tools/docker-run.ts';
import { prepareContainer } from './container-plan.ts';
import type { Launcher, PackageExit, Patience, Running } from './launch.ts';
import type { RunOutput } from './output.ts';
import type { ContainerPlace } from './place.ts';
import { archiveRunSpec } from './run-spec-archive.ts';

/** A container, ready to be made. */
export interface ContainerPlan {
  readonly launch: 'container';
  readonly wish: ContainerWish;
  readonly runSpec: string;
  /** Number of the user who reads the run spec; undefined where the image only names one. */
  readonly reader: number | undefined;
  /** The memory that it may use, for people. */
  readonly memory: string | undefined;
  readonly keep: boolean;
}

/** Runs a package in a container, which is removed afterwards; its image is kept. */
export const containerLauncher: Launcher<ContainerPlace, ContainerPlan> = {
  prepare: prepareContainer,

  async start(plan, output, { env }) {
    // A signal ends the package, and not what dk asks the engine for.
    const docker = await openDocker({ env, signal: new AbortController().signal });
    const id = await createContainer(docker, plan.wish);
    try {
      return await startContainer(docker, id, plan, output);
    } catch (error) {
      await docker.containers.remove(id);
      throw error;
    }
  },
};

async function startContainer(docker: Docker, id: string, plan: ContainerPlan, output: RunOutput): Promise<Running> {
  const { wish, keep } = plan;
  await putArchive(docker, id, await archiveRunSpec(plan.runSpec, plan.reader));
  const drained = pour(await attach(docker, id), output);
  drained.catch(() => {}); // Not awaited yet is not unhandled.
  await docker.containers.start(id).catch((error) => {
    throw notStarted(wish.image, error);
  });
  const exited = exitOf(docker, id, plan);
  return {
    whereabouts: { process: null, container: { id, name: wish.name }, job: null },
    exited,
    async end(patience) {
      await endContainer(docker, id, exited, patience);
      await drained;
      if (!keep) await docker.containers.remove(id);
    },
  };
}

async function pour(stream: Readable, output: RunOutput): Promise<void> {
  for await (const { name, chunk } of readFrames(stream)) await output[name](chunk);
}

/** The engine starts containers whose program is not there, and then says so. */
function notStarted(image: string, error: unknown): unknown {
  if (!(error instanceof Failure) || error.kind !== 'unhealthy') return error;
  return new Failure('packageFailed', {
    what: `The package could not be started in image ${image}`,
    why: error.why,
    cause: error,
  });
}

async function exitOf(docker: Docker, id: string, { memory }: ContainerPlan): Promise<PackageExit> {
  try {
    const { code, outOfMemory, error } = await waitForEnd(docker, id);
    const limit = memory === undefined ? 'there is' : `it may (${memory})`;
    const reason = outOfMemory ? `OOMKilled: it used more memory than ${limit}` : error;
    return { code, signal: null, ...(reason !== '' && { reason }) };
  } catch (error) {
    return { code: null, signal: null, reason: reasonOf(error) };
  }
}

async function endContainer(docker: Docker, id: string, exited: Promise<PackageExit>, { graceMs, hurry }: Patience) {
  // The engine asks, waits and kills by itself; where it cannot, `exited` tells.
  docker.containers.stop(id, graceMs / 1000).catch(() => {});
  const hurried = hurry.aborted ? Promise.resolve() : once(hurry, 'abort');
  await Promise.race([exited, hurried.then(() => killContainer(docker, id))]);
  await exited;
}
