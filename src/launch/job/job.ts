import { reasonOf } from '../../failure.ts';
import { printNote } from '../../report/result.ts';
import type { Launcher } from '../launch.ts';
import type { ClusterLogin, JobPlace } from '../place.ts';
import { createJob } from './create.ts';
import { endJob } from './end.ts';
import { followJob } from './follow.ts';
import { openJobCluster, removeJob } from './job-cluster.ts';
import type { JobWish } from './manifest.ts';
import { neverRan } from './pod-state.ts';
import { prepareJob } from './prepare.ts';

/** A Job, ready to be made. */
export interface JobPlan {
  readonly launch: 'job';
  readonly cluster: ClusterLogin;
  readonly wish: JobWish;
  /** What its Secret holds. */
  readonly secret: Readonly<Record<string, string>>;
}

/** Runs a package as a Job, which is removed afterwards with its Secret and its pod; images stay in the nodes. */
export const jobLauncher: Launcher<JobPlace, JobPlan> = {
  prepare: prepareJob,

  async start({ cluster, wish, secret }, output, context) {
    const kubernetes = await openJobCluster(context, cluster);
    const job = await createJob(kubernetes, { wish, secret, cluster });
    const say = (what: string) => printNote(context, what);
    const memory = wish.resources.limits['memory'];
    const given = new AbortController();
    const following = { ...job, memory, sink: output.stdout, say, signal: given.signal };
    const exited = followJob(kubernetes, following).catch((error) => neverRan(reasonOf(error)));
    const kubectl = `kubectl --context ${cluster.context} -n ${job.namespace}`;
    return {
      whereabouts: { process: null, container: null, job },
      exited,
      async end(patience) {
        // Whatever comes of it: the following would go on as long as the cluster does not answer.
        await endJob(kubernetes, job, { exited, giveUp: () => given.abort(), keep: wish.keep, patience }).finally(() =>
          given.abort(),
        );
        if (wish.keep) return;
        // That it ran is not undone by what is left of it.
        await removeJob(kubernetes, job).catch((error) =>
          say(`Job ${job.name} was not removed: ${reasonOf(error)}; ${kubectl} delete job ${job.name}`),
        );
      },
    };
  },
};
