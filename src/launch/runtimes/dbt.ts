import { dirname, join } from 'node:path';
import { isThere } from '../../tools/if-there.ts';
import { findProgram } from '../find-program.ts';
import { inheritedEnvironment } from '../process-environment.ts';
import { runVisibly } from '../run-visibly.ts';
import { firstExisting } from './files.ts';
import { noEntryPoint } from './no-entry-point.ts';
import { python } from './python.ts';
import type { Preparation, Runtime } from './runtime.ts';

const candidates = ['dbt_project.yml', 'src/dbt_project.yml', 'dbt/dbt_project.yml'];

/** `dbt`: a project folder, the package's own or one in it; dbt itself may come from requirements.txt. */
export const dbt: Runtime = {
  makeReady: python.makeReady,

  async entryPoint(preparation) {
    const file = firstExisting(preparation.directory, candidates);
    if (file === undefined) throw noEntryPoint(preparation.directory, candidates);
    const project = dirname(file);
    await ensureDbtPackages(project, preparation);
    const profiles = isThere(join(project, 'profiles.yml')) ? ['--profiles-dir', project] : [];
    return { file: 'dbt', args: ['build', '--project-dir', project, ...profiles] };
  },

  debugged: async () => undefined,
};

async function ensureDbtPackages(project: string, { context, directory, env }: Preparation): Promise<void> {
  const declared = firstExisting(project, ['packages.yml', 'dependencies.yml']);
  if (declared === undefined || isThere(join(project, 'dbt_packages'))) return;
  await runVisibly(context, {
    title: 'Installing the packages of the dbt project',
    file: await findProgram('dbt', env['PATH'], directory),
    args: ['deps', '--project-dir', project],
    cwd: directory,
    env: { ...inheritedEnvironment(context.env), PATH: env['PATH'] ?? '' },
    failure: 'unhealthy',
  });
}
