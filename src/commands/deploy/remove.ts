import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { confirm } from '../../report/prompt.ts';
import { type OutputFormat, printNote, printResult } from '../../report/result.ts';
import { formatTable } from '../../report/table.ts';
import { commitFiles } from '../../tools/git-files.ts';
import { notDeployed } from './not-deployed.ts';
import { requireConfirmedTarget, type Target, type TargetFlags } from './open-deployments.ts';
import type { NamedPackage } from './package-argument.ts';

interface RemoveFlags extends TargetFlags {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly commit: boolean;
  readonly output: OutputFormat;
}

/** `dk deploy --delete`: takes a package out of a cell; what it wrote into the cell's Stores stays there. */
export async function removeDeployment(
  context: Context,
  target: Target,
  { wanted, cell }: { readonly wanted: NamedPackage | { readonly folder: string }; readonly cell: string },
  flags: RemoveFlags,
): Promise<void> {
  if ('folder' in wanted) throw new Failure('usage', { what: '--delete takes the name of a package, not a folder' });
  const { deployments, repo } = target;
  await requireConfirmedTarget(target, cell, flags);
  const present = await deployments.find(wanted.name, cell);
  if (!present) throw await notDeployed(deployments, wanted.name, cell);
  const question = `Take ${wanted.name} ${present.version} out of cell ${cell} in ${deployments.where}?`;
  if (flags.dryRun) return printNote(context, `Would take ${wanted.name} ${present.version} out of cell ${cell}`);
  if (!flags.yes && !(await confirm(context, question))) throw new Failure('usage', { what: 'Nothing was deleted' });
  const changes = await deployments.remove(wanted.name, cell);
  if (flags.commit && repo !== undefined) {
    const files = changes.map(({ what }) => what);
    await commitFiles(context, repo, files, `Take ${wanted.name} out of ${cell}`);
  }
  await printResult(context, flags.output, {
    kind: 'DeployResult',
    data: { dryRun: false, package: wanted.name, version: null, previous: present.version, cell, changes },
    table: () =>
      formatTable(
        ['WHAT', 'OUTCOME'],
        changes.map(({ what, outcome }) => [what, outcome]),
      ),
  });
}
