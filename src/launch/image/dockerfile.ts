import type { ImageRecipe } from './recipe.ts';

/** The user of a package in an image that dk builds; a number, since Kubernetes can tell from it alone that it is not root. */
export const packageUser = 1000;

/** Folders of the build's context, each with the image's root below it. */
export const layers = { dependencies: 'dependencies', source: 'source' } as const;

/** The Dockerfile of a package; without RUN, so that it builds where nothing can be downloaded. */
export function formatDockerfile({ base, directory, env, command, dependencies, install }: ImageRecipe): string {
  const owner = `${packageUser}:${packageUser}`;
  const hasDependencies = dependencies.length > 0 || install !== undefined;
  const variables = Object.entries({ HOME: '/tmp', ...env });
  return [
    `FROM ${base}`,
    ...(hasDependencies ? [`COPY --chown=${owner} ${layers.dependencies}/ /`] : []),
    `COPY --chown=${owner} ${layers.source}/ /`,
    ...variables.map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`),
    `WORKDIR ${directory}`,
    `USER ${owner}`,
    // What the base image would start is not the package.
    ...(command === undefined ? ['ENTRYPOINT []'] : [`ENTRYPOINT ${JSON.stringify(command)}`]),
    'CMD []',
    '',
  ].join('\n');
}
