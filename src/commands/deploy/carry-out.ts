import type { Context } from '../../context.ts';
import { deploymentOf } from '../../package/chart/deployment.ts';
import { bringImage, requireImage } from '../../release/deploy/bring-image.ts';
import { valuesOf } from '../../release/deploy/chart-values.ts';
import type { Change, Deployed, Wish } from '../../release/deploy/deployments.ts';
import { requestRun } from '../../release/deploy/request-run.ts';
import { requireStores } from '../../release/deploy/require-stores.ts';
import { requireTarget } from '../../release/deploy/require-target.ts';
import { type OutputFormat, printNote, printResult } from '../../report/result.ts';
import { formatTable } from '../../report/table.ts';
import { commitFiles } from '../../tools/git-files.ts';
import { requireConfirmedTarget, type Target, type TargetFlags } from './open-deployments.ts';

/** What deploy, rollback and promote have in common. */
export interface CarryOutFlags extends TargetFlags {
  readonly dryRun: boolean;
  readonly commit: boolean;
  readonly run?: boolean;
  readonly output: OutputFormat;
}

/** Checks that a deployment can run where it is wished for, brings it there, and tells what has changed. */
export async function carryOut(
  context: Context,
  target: Target,
  wish: Wish,
  present: Deployed | undefined,
  flags: CarryOutFlags,
): Promise<void> {
  await requireConfirmedTarget(target, wish.cell, flags);
  const settled = await settle(context, target, wish);
  // What is refused is refused before an image is brought for it.
  const planned = await target.deployments.put(settled, { dryRun: true });
  const changes = flags.dryRun ? planned : await carryOutReally(context, target, settled, flags);
  await print(context, target, settled, present, { changes, flags });
}

/** The wish in its cell's own namespace; a Failure where the cell, or what the package needs of it, is not there. */
async function settle(context: Context, { deployments }: Target, wish: Wish): Promise<Wish> {
  const { cells, cellsIn } = deployments;
  const cell = await requireTarget(context, deployments, wish.cell);
  if (!cell || !cells) {
    await printNote(
      context,
      `Nobody here knows cell ${wish.cell}: whether it is there, and its Stores, was not checked`,
    );
    return wish;
  }
  await requireStores(wish.release.chart, wish.cell, { cells, cellsIn }, context.program);
  const { namespace: _, ...overrides } = wish.overrides;
  const { namespace } = cell.spec;
  return { ...wish, overrides: namespace === `dk-${wish.cell}` ? overrides : { namespace, ...overrides } };
}

async function carryOutReally(context: Context, target: Target, wish: Wish, flags: CarryOutFlags) {
  const { deployments, cluster, repo } = target;
  const { metadata, spec } = deploymentOf(wish.release.chart, valuesOf(wish, { digest: false }));
  const image = requireImage(`${metadata.name} ${spec.package.version}`, spec.image);
  if (cluster) await bringImage(context, cluster.images, image);
  const changes = await deployments.put(wish, { dryRun: false });
  if (flags.run && cluster) await requestRun(cluster.kubernetes, metadata, context.now());
  if (flags.commit && repo !== undefined) await commit(context, repo, wish, changes);
  return changes;
}

async function commit(
  context: Context,
  repo: string,
  { release, cell }: Wish,
  changes: readonly Change[],
): Promise<void> {
  const message = `Deploy ${release.chart.name} ${release.chart.version} to ${cell}`;
  const files = changes.map(({ what }) => what);
  const done = await commitFiles(context, repo, files, message);
  await printNote(context, done ? `Committed: ${message}` : 'Nothing to commit: the last commit has it so');
}

async function print(
  context: Context,
  { deployments }: Target,
  { release, cell }: Wish,
  present: Deployed | undefined,
  { changes, flags }: { readonly changes: readonly Change[]; readonly flags: CarryOutFlags },
): Promise<void> {
  const { name, version } = release.chart;
  await printResult(context, flags.output, {
    kind: 'DeployResult',
    data: { dryRun: flags.dryRun, package: name, version, previous: present?.version ?? null, cell, changes },
    table: () =>
      formatTable(
        ['WHAT', 'OUTCOME'],
        changes.map(({ what, outcome }) => [what, outcome]),
      ),
  });
  const was = present && present.version !== version ? `, was ${present.version}` : '';
  const tense = flags.dryRun ? 'would be' : 'is';
  await printNote(context, `${name} ${version} ${tense} deployed to cell ${cell} in ${deployments.where}${was}`);
  const look = `${context.program} status ${name} --cell ${cell}${deployments.flag}`;
  if (flags.run && !flags.dryRun) await printNote(context, `It was asked to run; what comes of it: ${look}`);
}
