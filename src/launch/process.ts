import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { replaceFile } from '../tools/atomic-file.ts';
import { type ProcessGroup, spawnGroup } from '../tools/exec.ts';
import { groupLives } from '../tools/processes.ts';
import type { Launch, Launcher, Patience } from './launch.ts';
import type { RunOutput } from './output.ts';
import type { ProcessPlace } from './place.ts';
import { prepareCommand } from './prepare-command.ts';
import { processEnvironment } from './process-environment.ts';
import type { RunFolder } from './run-folder.ts';
import { formatRunSpec } from './run-spec-file.ts';

/** A local process, ready to be started. */
export interface ProcessPlan {
  readonly launch: 'process';
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it, secrets too. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a package on this machine, as a process group of its own. */
export const processLauncher: Launcher<ProcessPlace, ProcessPlan> = {
  async prepare(context, launch, id, folder) {
    const { directory } = launch.run.package;
    const env = environmentOf(context, launch, id, folder);
    const command = await prepareCommand(launch, { context, directory, privateDirectory: folder.private, env });
    replaceFile(folder.spec, formatRunSpec(id, launch.run));
    return { launch: 'process', cwd: directory, ...command };
  },

  async start({ file, args, cwd, env }, output) {
    const group = await spawnGroup(file, args, { cwd, env, onStdout: output.stdout, onStderr: output.stderr });
    const { pid, startTime, exited } = group;
    const whereabouts = { process: { pid, startTime }, container: null, job: null };
    return { whereabouts, exited, end: (patience) => endGroup(group, output, patience) };
  },
};

function environmentOf(context: Context, { run, options }: Launch, id: string, folder: RunFolder) {
  const env = processEnvironment(context.env, run.variables, options.extraEnv);
  // PWD as a shell sets it: some programs believe it rather than the system.
  return { ...env, PWD: run.package.directory, DK_RUN_ID: id, DK_RUN_SPEC: folder.spec };
}

/** Milliseconds that the system may take to end what was killed. */
const killMs = 5000;

async function endGroup(group: ProcessGroup, output: RunOutput, patience: Patience): Promise<void> {
  if (group.kill('SIGTERM') && !(await isEmptyInTime(group, patience))) {
    group.kill('SIGKILL');
    // Its output closes a moment before a killed process is gone.
    await isEmptyInTime(group, { graceMs: killMs, hurry: new AbortController().signal });
  }
  await group.exited;
  while (!(await isDrainedInTime(group))) {
    // With nobody left in the group and nothing being passed on, a daemon that left the group holds its output open.
    if (!output.isBusy()) return group.abandonOutput();
  }
}

async function isEmptyInTime(group: ProcessGroup, { graceMs, hurry }: Patience): Promise<boolean> {
  const deadline = performance.now() + graceMs;
  while (await groupLives(group.pid)) {
    if (hurry.aborted || performance.now() >= deadline) return false;
    await delay(20);
  }
  return true;
}

async function isDrainedInTime(group: ProcessGroup): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(500, false, { signal: timer.signal }).catch(() => true);
  const drained = await Promise.race([late, group.drained.then(() => true)]);
  timer.abort();
  return drained;
}
