import type { Context } from '../context.ts';
import type { Launch, Plan, Running } from './launch.ts';
import type { RunOutput } from './output.ts';
import { processLauncher } from './process.ts';
import type { RunFolder } from './run-folder.ts';

/** Prepares a run in its place; only what that needs is loaded. */
export async function preparePlan(context: Context, launch: Launch, id: string, folder: RunFolder): Promise<Plan> {
  const { place = { launch: 'process' } } = launch;
  switch (place.launch) {
    case 'process':
      return processLauncher.prepare(context, { ...launch, place }, id, folder);
    case 'container':
      return (await import('./container.ts')).containerLauncher.prepare(context, { ...launch, place }, id, folder);
    case 'job':
      return (await import('./job/job.ts')).jobLauncher.prepare(context, { ...launch, place }, id, folder);
  }
}

/** Starts what was prepared, maybe by another process. */
export async function startPlan(context: Context, plan: Plan, output: RunOutput): Promise<Running> {
  switch (plan.launch) {
    case 'process':
      return processLauncher.start(plan, output, context);
    case 'container':
      return (await import('./container.ts')).containerLauncher.start(plan, output, context);
    case 'job':
      return (await import('./job/job.ts')).jobLauncher.start(plan, output, context);
  }
}
