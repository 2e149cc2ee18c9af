import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Observed, type Plan, reconcile } from '../../src/controller/reconcile.ts';
import { type Cells, openCells } from '../resolve/given.ts';
import { carriedOut, changed, dawn, ended, fillCanary, observe } from './observed.ts';

let cells: Cells;
beforeAll(async () => {
  cells = await openCells();
  await fillCanary(cells);
});
afterAll(() => cells.close());

const request = (value: string) => ({ 'datakit.infoblox.dev/run-requested-at': value });
const kinds = (plan: Plan) => plan.write.map(({ kind }) => kind);

/** Plans are carried out until there is nothing to do. */
function settle(observed: Observed): Observed {
  let now = observed;
  for (let round = 0; round < 5; round++) {
    const plan = reconcile(now);
    if (isIdle(now, plan)) return now;
    now = carriedOut(now, plan);
  }
  throw new Error('it does not settle');
}

function isIdle({ deployment }: Observed, plan: Plan): boolean {
  return plan.write.length + plan.remove.length === 0 && !plan.start && plan.status === deployment.status;
}

describe('a package that is run by hand', () => {
  it('gets its Secret, and waits', async () => {
    const plan = reconcile(await observe(cells));
    expect(kinds(plan)).toEqual(['Secret']);
    expect(plan).toMatchObject({ start: undefined, remove: [], requeueAt: undefined });
    expect(plan.status).toEqual({
      phase: 'Ready',
      observedGeneration: 1,
      conditions: [
        expect.objectContaining({ type: 'Resolved', status: 'True', lastTransitionTime: '2024-05-06T07:00:00Z' }),
        expect.objectContaining({ type: 'Ready', status: 'True', reason: 'WaitsForRequest' }),
      ],
    });
  });

  it('is started once for a request, with a Job that its deployment owns', async () => {
    const observed = await observe(cells, { annotations: request('noon') });
    const { start, status } = reconcile(observed);
    expect(status).toBeUndefined();
    expect(start).toMatchObject({
      kind: 'Job',
      metadata: {
        name: expect.stringMatching(/^revenue-[0-9a-f]{12}$/),
        namespace: 'dk-canary',
        ownerReferences: [{ kind: 'PackageDeployment', name: 'revenue', uid: 'uid-1', controller: true }],
      },
    });
    const running = settle(observed);
    expect(running.jobs).toHaveLength(1);
    expect(running.deployment.status).toMatchObject({
      phase: 'Running',
      lastRun: { id: start?.metadata.name, status: 'Running' },
      triggers: { manual: 'noon' },
    });
    const done = settle(ended(running, 'Complete'));
    expect(done.deployment.status).toMatchObject({ phase: 'Succeeded', lastRun: { status: 'Succeeded' } });
    expect(done.jobs).toHaveLength(1);
  });

  it('has the same Job for the same request, whoever starts it and whenever', async () => {
    const observed = await observe(cells, { annotations: request('noon') });
    const name = reconcile(observed).start?.metadata.name;
    expect(reconcile({ ...observed, now: new Date() }).start?.metadata.name).toBe(name);
    const otherUid = { ...observed.deployment, metadata: { ...observed.deployment.metadata, uid: 'uid-2' } };
    expect(reconcile({ ...observed, deployment: otherUid }).start?.metadata.name).not.toBe(name);
    expect(reconcile(await observe(cells, { annotations: request('one') })).start?.metadata.name).not.toBe(name);
  });

  it('waits with a request until the run before is over', async () => {
    const running = settle(await observe(cells, { annotations: request('noon') }));
    const asked = settle(await changed(cells, running, { annotations: request('one') }));
    expect(asked.jobs).toHaveLength(1);
    expect(asked.deployment.status?.triggers).toEqual({ manual: 'noon' });
    const next = settle(ended(asked, 'Complete'));
    expect(next.jobs).toHaveLength(2);
    expect(next.deployment.status).toMatchObject({ phase: 'Running', triggers: { manual: 'one' } });
  });

  it('is not started again when its Job is gone', async () => {
    const done = settle(ended(settle(await observe(cells, { annotations: request('noon') })), 'Complete'));
    const without = settle({ ...done, jobs: [] });
    expect(without.jobs).toEqual([]);
    expect(without.deployment.status).toEqual(done.deployment.status);
    const running = settle(await observe(cells, { annotations: request('noon') }));
    expect(settle({ ...running, jobs: [] }).deployment.status).toMatchObject({
      phase: 'Ready',
      lastRun: { status: 'Stopped' },
    });
  });

  it('that failed says why, and keeps the Jobs of its last runs alone', async () => {
    let observed = settle(await observe(cells, { annotations: request('0') }));
    for (let run = 1; run <= 6; run++) {
      observed = await changed(cells, ended(observed, 'Failed', 'it ended with code 3'), {
        annotations: request(`${run}`),
      });
      observed = settle(observed);
    }
    expect(observed.jobs).toHaveLength(4);
    expect(settle(ended(observed, 'Failed', 'it ended with code 3')).deployment.status).toMatchObject({
      phase: 'Failed',
      lastRun: { status: 'Failed' },
      conditions: [{}, { type: 'Ready', reason: 'RunFailed', message: 'BackoffLimitExceeded: it ended with code 3' }],
    });
  });
});

describe('a package that waits for changes', () => {
  const transform = { trigger: { policy: 'on-change' } } as const;

  it('runs for its first version, for another, and for the first again', async () => {
    const ids = new Set<string>();
    let observed = await observe(cells, { transform });
    for (const version of ['1.0.0', '1.1.0', '1.0.0', '1.1.0', '1.0.0']) {
      observed = settle(await changed(cells, observed, { transform, version }));
      ids.add(observed.deployment.status?.lastRun?.id ?? '');
      expect(observed.deployment.status).toMatchObject({ phase: 'Running', triggers: { version } });
      observed = settle(ended(observed, 'Complete'));
    }
    expect(ids).toHaveLength(5);
  });

  it('runs once for all that has been written meanwhile', async () => {
    const done = settle(ended(settle(await observe(cells, { transform })), 'Complete'));
    const news = settle({ ...done, producers: { orders: 'orders-1', returns: 'returns-1' } });
    expect(news.jobs).toHaveLength(2);
    const more = settle(ended({ ...news, producers: { orders: 'orders-3', returns: 'returns-1' } }, 'Complete'));
    expect(more.jobs).toHaveLength(3);
    const still = settle(ended({ ...more, producers: { returns: 'returns-1' } }, 'Complete'));
    expect(still.jobs).toHaveLength(3);
    expect(still.deployment.status?.triggers).toEqual({
      version: '1.0.0',
      'input orders': 'orders-3',
      'input returns': 'returns-1',
    });
  });

  it('does not start a run twice when its start could not be written down, whatever has happened since', async () => {
    const observed = await observe(cells, { transform });
    const started = carriedOut(observed, reconcile(observed));
    const again = settle({ ...started, producers: { orders: 'orders-1' } });
    expect(again.jobs).toHaveLength(1);
    expect(again.deployment.status?.triggers).toEqual({ version: '1.0.0' });
    expect(settle(ended(again, 'Complete')).jobs).toHaveLength(2);
  });
});

describe('a package with a schedule', () => {
  const schedule = { cron: '0 4 * * *', timezone: 'Europe/Berlin' };

  it('gets a CronJob, and tells of its next run', async () => {
    const plan = reconcile(await observe(cells, { spec: { schedule } }));
    expect(kinds(plan)).toEqual(['Secret', 'CronJob']);
    expect(plan.write[1]?.spec).toMatchObject({
      schedule: '0 4 * * *',
      timeZone: 'Europe/Berlin',
      suspend: false,
      concurrencyPolicy: 'Forbid',
    });
    expect(plan.status).toMatchObject({ phase: 'Ready', nextRun: '2024-05-07T02:00:00Z' });
    expect(plan.requeueAt).toEqual(new Date('2024-05-07T02:00:10Z'));
  });

  it('settles with one write of each, and is written again only when it changes', async () => {
    const observed = await observe(cells, { spec: { schedule } });
    const settled = carriedOut(observed, reconcile(observed));
    expect(isIdle(settled, reconcile(settled))).toBe(true);
    const suspended = await changed(cells, settled, { spec: { schedule: { ...schedule, suspend: true } } });
    const plan = reconcile(suspended);
    expect(kinds(plan)).toEqual(['CronJob']);
    expect(plan.status).not.toHaveProperty('nextRun');
    expect(plan.status?.conditions?.[2]).toMatchObject({ type: 'Suspended', status: 'True' });
    const unscheduled = await changed(cells, carriedOut(suspended, plan), {});
    expect(reconcile(unscheduled).remove).toEqual([unscheduled.cronJob]);
    expect(settle(unscheduled).cronJob).toBeUndefined();
  });

  it('of its own prefers the one of the deployment, which takes the place of another trigger', async () => {
    const trigger = { policy: 'schedule', schedule: { cron: '@daily' } } as const;
    const own = reconcile(await observe(cells, { transform: { trigger } }));
    expect(own.write[1]?.spec).toMatchObject({ schedule: '@daily', timeZone: 'UTC' });
    const other = reconcile(await observe(cells, { transform: { trigger }, spec: { schedule } }));
    expect(other.write[1]?.spec).toMatchObject({ schedule: '0 4 * * *' });
    const policies = ['on-change', 'schedule'] as const;
    const composite = { policy: 'composite', policies: [...policies], schedule: { cron: '@daily' } } as const;
    const both = reconcile(await observe(cells, { transform: { trigger: { ...composite, policies: [...policies] } } }));
    expect([kinds(both), both.start?.kind]).toEqual([['Secret', 'CronJob'], 'Job']);
    const changes = { transform: { trigger: { policy: 'on-change' } }, spec: { schedule } } as const;
    expect(reconcile(await observe(cells, changes)).start).toBeUndefined();
  });

  it('is told about its runs, though its CronJob starts them', async () => {
    const settled = settle(await observe(cells, { spec: { schedule } }));
    const metadata = { name: 'revenue-1-28651', namespace: 'dk-canary', creationTimestamp: '2024-05-07T02:00:00Z' };
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata };
    expect(settle({ ...settled, jobs: [job] }).deployment.status).toMatchObject({
      phase: 'Running',
      lastRun: { id: 'revenue-1-28651', startTime: '2024-05-07T02:00:00Z', status: 'Running' },
    });
  });
});

describe('a package that streams', () => {
  const spec = { mode: 'streaming', replicas: 2 } as const;

  it('gets a Deployment, and runs once every copy of it does', async () => {
    const observed = await observe(cells, { spec });
    const plan = reconcile(observed);
    expect(kinds(plan)).toEqual(['Secret', 'Deployment']);
    expect(plan.write[1]?.spec).toMatchObject({ replicas: 2, selector: { matchLabels: {} } });
    expect(plan.status).toMatchObject({ phase: 'Pending' });
    const settled = carriedOut(observed, plan);
    const status = { observedGeneration: 1, updatedReplicas: 2, availableReplicas: 1 };
    const withStatus = (more: object) => {
      const { workload } = settled;
      if (!workload) throw new Error('it has no Deployment');
      return reconcile({ ...settled, workload: { ...workload, status: { ...status, ...more } } }).status;
    };
    expect(withStatus({})).toMatchObject({ phase: 'Pending' });
    expect(withStatus({ availableReplicas: 2 })).toMatchObject({ phase: 'Running' });
    const stuck = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'too slow' };
    expect(withStatus({ conditions: [stuck] })).toMatchObject({
      phase: 'Failed',
      conditions: [{}, { reason: 'ProgressDeadlineExceeded', message: 'too slow' }],
    });
  });
});

describe('a Secret that has changed', () => {
  const spec = { mode: 'streaming' } as const;

  it('is written, and what runs with it becomes another; nothing else does, and no digest of it stands there', async () => {
    const settled = settle(await observe(cells, { spec }));
    await cells.cells.secrets.set('canary', 'warehouse', { PG_PASS: 'opensesame' });
    const rotated = await changed(cells, settled, { spec });
    await cells.cells.secrets.set('canary', 'warehouse', { PG_PASS: 'swordfish' });
    const plan = reconcile(rotated);
    expect(kinds(plan)).toEqual(['Secret', 'Deployment']);
    const after = plan.write[1];
    expect(JSON.stringify(after)).toContain(rotated.now.toISOString());
    const digest = plan.write[0]?.metadata.annotations?.['datakit.infoblox.dev/applied'];
    for (const hidden of ['opensesame', Buffer.from('opensesame').toString('base64'), digest]) {
      expect(JSON.stringify(after)).not.toContain(hidden);
    }
    const next = carriedOut(rotated, plan);
    expect(isIdle(next, reconcile(next))).toBe(true);
  });
});

describe('a run that does not get on', () => {
  const transform = { trigger: { policy: 'on-change' } } as const;

  it('gives way to another version after a minute, and stays as long as there is none', async () => {
    const stuck = settle(await observe(cells, { transform }));
    const later = { ...stuck, now: new Date(stuck.now.getTime() + 600_000) };
    expect(reconcile(later).remove).toEqual([]);
    const next = await changed(cells, later, { transform, version: '1.1.0' });
    expect(reconcile({ ...next, now: stuck.now }).remove).toEqual(next.jobs);
    expect(reconcile({ ...next, now: new Date(dawn.getTime() + 1000) })).toMatchObject({
      remove: [],
      requeueAt: new Date('2024-05-06T07:01:00Z'),
    });
    const running = next.jobs.map((job) => ({ ...job, status: { ready: 1 } }));
    expect(reconcile({ ...next, jobs: running }).remove).toEqual([]);
    const replaced = settle(next);
    expect(replaced.jobs).toHaveLength(1);
    expect(replaced.deployment.status).toMatchObject({ phase: 'Running', triggers: { version: '1.1.0' } });
  });
});

describe('a deployment that cannot be resolved', () => {
  const resolution = {
    ok: false,
    reason: 'NotFound',
    message: 'Cell canary has no Store warehouse',
    isFinal: false,
  } as const;

  it('says so, and leaves what runs as it is', async () => {
    const settled = settle(await observe(cells, { spec: { schedule: { cron: '@daily' } } }));
    const plan = reconcile({ ...settled, resolution });
    expect(plan).toMatchObject({ write: [], start: undefined, remove: [] });
    expect(plan.status).toMatchObject({
      phase: 'Pending',
      conditions: [
        { type: 'Resolved', status: 'False', reason: 'NotFound' },
        { type: 'Ready', reason: 'NotResolved' },
      ],
    });
    expect(reconcile({ ...settled, resolution: { ...resolution, isFinal: true } }).status).toMatchObject({
      phase: 'Failed',
    });
  });

  it('keeps the time since when, as long as it is so', async () => {
    const first = carriedOut(await observe(cells), reconcile({ ...(await observe(cells)), resolution }));
    const second = reconcile({ ...first, resolution });
    expect(first.now).not.toEqual(dawn);
    expect(second.status).toBe(first.deployment.status);
  });
});
