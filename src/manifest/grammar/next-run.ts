import type { Cron } from './cron.ts';
import { inZone, type LocalTime, toInstant } from './local-time.ts';

type Calendar = Extract<Cron, { readonly type: 'calendar' }>;

interface Since {
  /** An IANA time zone; UTC when absent. */
  readonly zone?: string | undefined;
  /** For `@every`, which counts from there; `after` when absent. */
  readonly anchor?: Date | undefined;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const yearsAhead = 5;
/** In some zones the steps run in a circle around a day without midnight, there as here: no time is found then. */
const mostSteps = 3_000;

/** The first time after another at which Kubernetes starts a schedule's run; undefined for one that never comes. */
export function nextRun(cron: Cron, after: Date, { zone = 'UTC', anchor = after }: Since = {}): Date | undefined {
  switch (cron.type) {
    case 'interval':
      return nextInterval(cron.milliseconds, after, anchor);
    case 'calendar':
      return nextInCalendar(cron, after, zone);
  }
}

function nextInterval(milliseconds: number, after: Date, anchor: Date): Date {
  const start = Math.floor(anchor.getTime() / 1000) * 1000;
  const past = Math.max(0, Math.floor((after.getTime() - start) / milliseconds));
  return new Date(start + (past + 1) * milliseconds);
}

/** A part of a time that is advanced until it fits. */
interface Part {
  readonly fits: (local: LocalTime) => boolean;
  /** To the beginning of the part, before the first advance of any. */
  readonly align: (time: number) => number;
  readonly advance: (time: number) => number;
  /** Whether a greater part has advanced with it, so that all begins again. */
  readonly wrapped: (local: LocalTime) => boolean;
}

/**
 * The steps of robfig/cron's SpecSchedule.Next, by which Kubernetes goes, one by one: what it makes of a day without midnight
 * is nothing that could be derived.
 */
function nextInCalendar(cron: Calendar, after: Date, zone: string): Date | undefined {
  const parts = partsOf(cron, zone);
  let time = Math.floor(after.getTime() / 1000) * 1000 + 1000;
  const lastYear = inZone(time, zone).year + yearsAhead;
  let aligned = false;
  for (let at = 0, steps = 0; steps < mostSteps; steps += 1) {
    const part = parts[at];
    if (!part) return new Date(time);
    if (part.fits(inZone(time, zone))) {
      at += 1;
      continue;
    }
    time = part.advance(aligned ? time : part.align(time));
    aligned = true;
    const local = inZone(time, zone);
    if (part.wrapped(local)) at = 0;
    if (local.year > lastYear) return undefined;
  }
  return undefined;
}

function partsOf(cron: Calendar, zone: string): readonly Part[] {
  const floor = (part: Partial<LocalTime>) => (time: number) => toInstant({ ...inZone(time, zone), ...part }, zone);
  const after = (ms: number) => (time: number) => time + ms;
  return [
    {
      fits: ({ month }) => cron.months.values.has(month),
      align: floor({ day: 1, hour: 0, minute: 0, second: 0 }),
      advance: (time) => floor({ month: inZone(time, zone).month + 1 })(time),
      wrapped: ({ month }) => month === 1,
    },
    {
      fits: (local) => dayFits(cron, local),
      align: floor({ hour: 0, minute: 0, second: 0 }),
      advance: (time) => nextMidnight(time, zone),
      wrapped: ({ day }) => day === 1,
    },
    {
      fits: ({ hour }) => cron.hours.values.has(hour),
      align: floor({ minute: 0, second: 0 }),
      advance: after(hourMs),
      wrapped: ({ hour }) => hour === 0,
    },
    {
      fits: ({ minute }) => cron.minutes.values.has(minute),
      align: (time) => time - (time % minuteMs),
      advance: after(minuteMs),
      wrapped: ({ minute }) => minute === 0,
    },
    {
      fits: ({ second }) => second === 0,
      align: (time) => time,
      advance: after(1000),
      wrapped: ({ second }) => second === 0,
    },
  ];
}

/** Where both day fields are restricted, either is enough. */
function dayFits({ daysOfMonth, daysOfWeek }: Calendar, { day, weekday }: LocalTime): boolean {
  const [inMonth, inWeek] = [daysOfMonth.values.has(day), daysOfWeek.values.has(weekday)];
  return daysOfMonth.any || daysOfWeek.any ? inMonth && inWeek : inMonth || inWeek;
}

/** A change of the clocks may have moved it by an hour. */
function nextMidnight(time: number, zone: string): number {
  const local = inZone(time, zone);
  const next = toInstant({ ...local, day: local.day + 1 }, zone);
  const { hour } = inZone(next, zone);
  if (hour === 0) return next;
  return next + (hour > 12 ? 24 - hour : -hour) * hourMs;
}
