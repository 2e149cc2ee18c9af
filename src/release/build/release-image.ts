import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { Failure, reasonOf } from '../../failure.ts';
import { buildsImageFor, ensurePackageImage } from '../../launch/image/package-image.ts';
import { specImage } from '../../launch/image/spec-image.ts';
import type { Package } from '../../manifest/manifest.ts';
import { type Docker, openDocker } from '../../tools/docker.ts';
import type { FolderCommit } from '../../tools/git.ts';

/** What runs the package in a cluster. */
export type ReleaseImage =
  /** Held by the engine of this machine; it is to be published with the chart. */
  | { readonly kind: 'built'; readonly reference: string }
  /** Named by `spec.image`; somebody else's to publish. */
  | { readonly kind: 'named'; readonly reference: string }
  | { readonly kind: 'none'; readonly why: string };

interface Wanted {
  readonly version: string;
  readonly commit: FolderCommit;
  /** `localhost:5000/team`; undefined for an image that stays here. */
  readonly registry: string | undefined;
  /** False where nobody wants it. */
  readonly build: boolean;
}

/** The image of a release, built where dk.yaml names none and there is an engine to build it with. */
export async function releaseImage(context: Context, pkg: Package, wanted: Wanted): Promise<ReleaseImage> {
  const { spec } = pkg.transform.value;
  const named = specImage(context, spec.image);
  if (named !== undefined) return { kind: 'named', reference: named };
  if (!wanted.build) return { kind: 'none', why: 'none was wanted' };
  if (!buildsImageFor(spec.runtime))
    return { kind: 'none', why: `dk builds none for the runtime ${spec.runtime}: name one in dk.yaml, spec.image` };
  const docker = await answeringDocker(context);
  if ('why' in docker) return { kind: 'none', why: docker.why };
  return { kind: 'built', reference: await build(context, docker, pkg, wanted) };
}

async function answeringDocker(context: Context): Promise<Docker | { readonly why: string }> {
  try {
    const docker = await openDocker(context);
    await docker.ping();
    return docker;
  } catch (error) {
    if (error instanceof Failure && error.kind === 'prerequisite') return { why: reasonOf(error) };
    throw error;
  }
}

async function build(context: Context, docker: Docker, pkg: Package, wanted: Wanted): Promise<string> {
  const { metadata, spec } = pkg.transform.value;
  const privateDirectory = await mkdtemp(join(tmpdir(), 'dk-build-'));
  const repository = wanted.registry === undefined ? metadata.name : `${wanted.registry}/${metadata.name}`;
  try {
    return await ensurePackageImage(
      { context, docker, privateDirectory },
      {
        directory: pkg.directory,
        spec,
        repository,
        version: wanted.version,
        labels: labelsOf(metadata.name, wanted),
      },
    );
  } finally {
    await rm(privateDirectory, { recursive: true, force: true });
  }
}

function labelsOf(name: string, { version, commit }: Wanted): Readonly<Record<string, string>> {
  return {
    'datakit.infoblox.dev/package': name,
    'org.opencontainers.image.title': name,
    'org.opencontainers.image.version': version,
    ...(commit.found && {
      'org.opencontainers.image.revision': commit.commit,
      'org.opencontainers.image.created': commit.committedAt.toISOString(),
      ...(commit.remote !== undefined && { 'org.opencontainers.image.source': commit.remote }),
    }),
  };
}
