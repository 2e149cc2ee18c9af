import { cell, confirm, output, plainHttp, registry, where, yes } from '../flags.ts';
import { type CommandSpec, option, repeated } from '../program.ts';

const repo = option('--repo <dir>', 'the folder of a CM repo, instead of a cluster');
const commit = option('--commit', 'commit the files of the deployment in the CM repo', false);
const dryRun = option('--dry-run', 'tell what would change, and change nothing', false);
const changing = [repo, where, confirm, registry, plainHttp, commit, dryRun, output];
const needsCell = () => option('--cell <name>', 'the cell').makeOptionMandatory();

/** Every command about packages in cells. */
export const deployCommands: readonly CommandSpec[] = [
  {
    name: 'deploy <package>',
    what: 'Bring a version of a package, or the package in a folder, to a cell',
    example: 'deploy pg-to-s3:1.2.4-g29aef01 --cell canary --repo ../cm-repo',
    options: [
      needsCell(),
      ...changing,
      repeated('--set <path=value>', "override a value of the package's chart; null takes the override away"),
      option('--run', 'start one run of it at once', false),
      option('--delete', 'take the package out of the cell', false),
      yes,
    ],
    run: async (c, f, [what = '']) => (await import('./deploy.ts')).deploy(c, what, f),
  },
  {
    name: 'status [package]',
    what: 'Which packages are deployed where, and what became of them',
    example: 'status pg-to-s3 --cell canary',
    options: [cell, repo, where, output],
    run: async (c, f, [name]) => (await import('./status.ts')).status(c, { package: name, ...f }),
  },
  {
    name: 'rollback <package>',
    what: 'Bring back the version that a cell had before',
    example: 'rollback pg-to-s3 --cell canary',
    options: [needsCell(), option('--to <version>', 'this version instead'), ...changing],
    run: async (c, f, [name = '']) => (await import('./rollback.ts')).rollback(c, name, f),
  },
  {
    name: 'promote <package>',
    what: 'Bring the version that one cell has to another',
    example: 'promote pg-to-s3 --from canary --to stable',
    options: [
      option('--from <cell>', 'the cell that has it').makeOptionMandatory(),
      option('--to <cell>', 'the cell that is to have it').makeOptionMandatory(),
      ...changing,
    ],
    run: async (c, f, [name = '']) => (await import('./promote.ts')).promote(c, name, f),
  },
];
