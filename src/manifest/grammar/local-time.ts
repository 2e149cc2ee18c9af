/** What clocks and calendars of a place show. */
export interface LocalTime {
  readonly year: number;
  /** 1 is January; more than 12 is in the next year. */
  readonly month: number;
  /** More than there are is in the next month. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** What the clocks of an IANA zone show at an instant, in milliseconds. */
export function inZone(instant: number, zone: string): LocalTime {
  const shown = new Date(instant + offsetAt(instant, zone));
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    weekday: shown.getUTCDay(),
  };
}

/** The instant of a local time by the rules of Go's time.Date: what clocks show twice or never becomes one of both sides. */
export function toInstant(
  { year, month, day, hour, minute, second }: Omit<LocalTime, 'weekday'>,
  zone: string,
): number {
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  return asUtc - offsetAt(asUtc - offsetAt(asUtc, zone), zone);
}

/** Milliseconds by which clocks are ahead of UTC; the last answer is asked for again and again. */
function offsetAt(instant: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const shown = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes as long as asking it a hundred times. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const clock = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en', { timeZone: zone, ...numeric, ...clock });
  formats.set(zone, format);
  return format;
}
