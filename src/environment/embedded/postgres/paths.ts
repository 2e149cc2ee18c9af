import { join } from 'node:path';
import type { RoadName } from './road.ts';

/** Where everything of an environment's PostgreSQL lies. */
export interface Paths {
  /** `<environment>/postgres`, 0700. */
  readonly directory: string;
  readonly record: string;
  readonly log: string;
  /** Copies of programs that we may not complete where they are installed. */
  readonly programs: string;
  /** A folder outside of anybody's home, for a server that runs as another user. */
  readonly common: string;
}

/** Above the common folders of all environments. */
export const commonBase = '/var/lib/dk';

export function pathsOf(directory: string, environmentId: string): Paths {
  // This becomes a path that root removes.
  if (!/^[\w-]+$/.test(environmentId)) throw new Error(`"${environmentId}" is no environment's id`);
  return {
    directory,
    record: join(directory, 'cluster.json'),
    log: join(directory, 'postgres.log'),
    programs: join(directory, 'programs'),
    common: join(commonBase, environmentId),
  };
}

/** Folder of the data, which is beside that of the programs when another user runs them. */
export function homeOf(paths: Paths, road: RoadName): string {
  return road === 'other-user' ? paths.common : paths.directory;
}

export function dataOf(paths: Paths, road: RoadName): string {
  return join(homeOf(paths, road), 'data');
}

/** Every place where data may be, for when it is not known how it was made. */
export function allDataOf(paths: Paths): readonly string[] {
  return (['direct', 'other-user'] as const).map((road) => dataOf(paths, road));
}
