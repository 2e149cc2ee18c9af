import { type CronField, parseField } from './cron-field.ts';
import { parseDuration } from './duration.ts';

/** A parsed schedule. Where both day fields are restricted, either of them is enough. */
export type Cron =
  | {
      readonly type: 'calendar';
      readonly minutes: CronField;
      readonly hours: CronField;
      readonly daysOfMonth: CronField;
      readonly months: CronField;
      readonly daysOfWeek: CronField;
    }
  | { readonly type: 'interval'; readonly milliseconds: number };

export type CronResult = { readonly ok: true; readonly cron: Cron } | { readonly ok: false; readonly why: string };

const names = (first: number, words: string) => new Map(words.split(' ').map((word, index) => [word, first + index]));
const none = new Map<string, number>();

const minute = { name: 'minute', min: 0, max: 59, names: none };
const hour = { name: 'hour', min: 0, max: 23, names: none };
const dayOfMonth = { name: 'day of month', min: 1, max: 31, names: none };
const month = { name: 'month', min: 1, max: 12, names: names(1, 'jan feb mar apr may jun jul aug sep oct nov dec') };
const dayOfWeek = { name: 'day of week', min: 0, max: 6, names: names(0, 'sun mon tue wed thu fri sat') };

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** Reads a schedule as a Kubernetes CronJob does, by the rules of robfig/cron's ParseStandard. */
export function parseCron(text: string): CronResult {
  if (/^(CRON_)?TZ=/.test(text)) return refuse('a time zone belongs in the field timezone');
  if (text.startsWith('@every ')) return parseInterval(text.slice('@every '.length));
  if (text.startsWith('@')) return parseDescriptor(text);
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length !== 5) {
    return refuse(`must have 5 fields, not ${words.length}: minute hour day-of-month month day-of-week`);
  }
  return parseCalendar(words);
}

function parseCalendar([
  minutes = '',
  hours = '',
  daysOfMonth = '',
  months = '',
  daysOfWeek = '',
]: readonly string[]): CronResult {
  const faults: string[] = [];
  const complain = (why: string) => faults.push(why);
  const cron = {
    type: 'calendar',
    minutes: parseField(minutes, minute, complain),
    hours: parseField(hours, hour, complain),
    daysOfMonth: parseField(daysOfMonth, dayOfMonth, complain),
    months: parseField(months, month, complain),
    daysOfWeek: parseField(daysOfWeek, dayOfWeek, complain),
  } as const;
  return faults.length > 0 ? refuse(faults.join('; ')) : { ok: true, cron };
}

function refuse(why: string): CronResult {
  return { ok: false, why };
}

function parseDescriptor(text: string): CronResult {
  const meaning = descriptors[text];
  return meaning === undefined
    ? refuse(`${text} is not one of ${Object.keys(descriptors).join(', ')}, @every <duration>`)
    : parseCron(meaning);
}

function parseInterval(text: string): CronResult {
  const duration = parseDuration(text);
  if (duration === undefined) return refuse('@every needs a duration such as 1h30m');
  return { ok: true, cron: { type: 'interval', milliseconds: Math.max(1000, Math.floor(duration / 1000) * 1000) } };
}
