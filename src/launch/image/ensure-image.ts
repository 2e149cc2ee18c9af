import type { Context } from '../../context.ts';
import type { Docker } from '../../tools/docker.ts';
import type { Launch } from '../launch.ts';
import { ensurePackageImage } from './package-image.ts';

/** The image that a run's package without one of its own is launched from; returns its reference. */
export async function ensureImage(
  context: Context,
  { run, spec }: Launch,
  docker: Docker,
  privateDirectory: string,
): Promise<string> {
  const { name, version, directory } = run.package;
  const labels = { 'datakit.infoblox.dev/package': name };
  const wanted = { directory, spec, repository: `dk-${name}`, version, labels };
  return ensurePackageImage({ context, docker, privateDirectory }, wanted);
}
