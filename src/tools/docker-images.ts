import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Failure } from '../failure.ts';
import type { Docker } from './docker.ts';
import type { Labels } from './docker-objects.ts';
import { accepting } from './docker-request.ts';

/** One image that the engine holds. */
export interface DockerImage {
  readonly id: string;
  readonly labels: Labels;
  /** As the image says it: a number or a name, with or without a group; empty for root. */
  readonly user: string;
}

interface Build {
  /** `name:tag` */
  readonly reference: string;
  readonly labels: Labels;
  /** A tar stream with a Dockerfile in its root. */
  readonly context: Readable;
}

const notFound = 404;
const workMs = 30 * 60_000;

/** Undefined where the engine does not hold it. */
export async function inspectImage({ client, ask }: Docker, reference: string): Promise<DockerImage | undefined> {
  const found = await ask(`show image ${reference}`, () => accepting([notFound], client.getImage(reference).inspect()));
  return found && { id: found.Id, labels: found.Config.Labels ?? {}, user: found.Config.User ?? '' };
}

/** Builds with the engine's own builder, which every engine has; a prerequisite Failure where that comes to no good end. */
export async function buildImage({ client, ask }: Docker, { reference, labels, context }: Build): Promise<void> {
  const options = { t: reference, labels: { ...labels }, version: '1', forcerm: true } as const;
  // Nobody else hears that the context could not be read, and the engine would wait for the rest of it.
  const broken = new Promise<never>((_, reject) => context.once('error', reject));
  const error = await ask(
    `build image ${reference}`,
    async (abortSignal) =>
      Promise.race([broken, client.buildImage(context, { ...options, abortSignal }).then(errorIn)]),
    workMs,
  );
  if (error === undefined) return;
  const [, base] = /(?:pull access denied for|manifest for|image) "?([^\s",]+)/.exec(error) ?? [];
  throw new Failure('prerequisite', {
    what: `Image ${reference} could not be built`,
    why: error,
    next: base === undefined ? [] : `docker pull ${base}`,
  });
}

/** Pulls an image of a registry that asks for no login; a prerequisite Failure with the registry's own words. */
export async function pullImage({ client, ask }: Docker, reference: string): Promise<void> {
  // Without a tag the engine would pull them all.
  const tagged = /[:@][^/]+$/.test(reference) ? reference : `${reference}:latest`;
  const pull = async (abortSignal: AbortSignal) => errorIn(await client.pull(tagged, { abortSignal }));
  const why = await ask(`pull image ${tagged}`, pull, workMs).catch((error: unknown) => {
    // The engine's refusal; that it cannot be reached is another matter.
    if (error instanceof Failure && error.kind === 'unhealthy') return error.why;
    throw error;
  });
  if (why === undefined) return;
  throw new Failure('prerequisite', {
    what: `Image ${reference} cannot be had`,
    why,
    next: `docker pull ${reference}   # with a login, where the registry asks for one`,
  });
}

/** What went wrong, as the last line of the engine's account tells; undefined for a good end. */
async function errorIn(account: NodeJS.ReadableStream): Promise<string | undefined> {
  let error: string | undefined;
  for await (const line of createInterface({ input: account })) {
    const said = JSON.parse(line) as { readonly error?: string };
    error = said.error ?? error;
  }
  return error;
}
