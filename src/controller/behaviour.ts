import { Failure } from '../failure.ts';
import { type Cron, parseCron } from '../manifest/grammar/cron.ts';
import { parseDuration } from '../manifest/grammar/duration.ts';
import { timeZoneFault } from '../manifest/grammar/time-zone.ts';
import type { PackageDeployment } from '../manifest/schema/package-deployment.ts';
import type { Transform } from '../manifest/schema/transform.ts';

/** When a package runs. */
export type Behaviour =
  | { readonly kind: 'streaming'; readonly replicas: number }
  | {
      readonly kind: 'batch';
      readonly schedule: Schedule | undefined;
      /** Runs when its version, or an input, has changed. */
      readonly onChange: boolean;
      readonly timeoutMs: number | undefined;
    };

export interface Schedule {
  readonly text: string;
  readonly cron: Cron;
  readonly timezone: string;
  readonly suspend: boolean;
}

type Written = NonNullable<PackageDeployment['spec']['schedule']>;

/** What the deployment says is stronger than what its package says; an invalid Failure for what cannot be understood. */
export function behaviourOf({ spec }: PackageDeployment, transform: Transform['spec']): Behaviour {
  if ((spec.mode ?? transform.mode) === 'streaming') {
    return { kind: 'streaming', replicas: spec.replicas ?? transform.replicas ?? 1 };
  }
  const policies = policiesOf(transform);
  const schedule = spec.schedule ?? (policies.includes('schedule') ? transform.trigger?.schedule : undefined);
  return {
    kind: 'batch',
    schedule: schedule && readSchedule(schedule),
    // A schedule of the deployment's own takes the place of the package's trigger, but for one of several parts.
    onChange: policies.includes('on-change') && (!spec.schedule || transform.trigger?.policy === 'composite'),
    timeoutMs: readTimeout(spec.timeout ?? transform.timeout),
  };
}

function policiesOf({ trigger = {} }: Transform['spec']): readonly string[] {
  const { policy = 'manual', policies = [] } = trigger;
  return policy === 'composite' ? policies : [policy];
}

function readSchedule({ cron: text, timezone = 'UTC', suspend = false }: Written): Schedule {
  const parsed = parseCron(text);
  if (!parsed.ok) throw invalid(`Its schedule ${JSON.stringify(text)} cannot be understood`, parsed.why);
  const fault = timeZoneFault(timezone);
  if (fault !== undefined) throw invalid('Its time zone is unknown', fault);
  return { text, cron: parsed.cron, timezone, suspend };
}

function readTimeout(text: string | undefined): number | undefined {
  const milliseconds = text === undefined ? undefined : parseDuration(text);
  if (text === undefined || milliseconds) return milliseconds;
  throw invalid(`Its timeout ${JSON.stringify(text)} cannot be understood`, 'a duration is such as 90s or 1h30m');
}

function invalid(what: string, why: string): Failure {
  return new Failure('invalid', { what, why });
}
