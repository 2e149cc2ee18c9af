import { expect, test } from 'vitest';
import { parseCron } from '../../../src/manifest/grammar/cron.ts';

const fieldsOf = (text: string) => {
  const result = parseCron(text);
  if (!result.ok || result.cron.type !== 'calendar') throw new Error(`${text}: not a calendar`);
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = result.cron;
  return [minutes, hours, daysOfMonth, months, daysOfWeek].map(({ values, any }) =>
    any ? '*' : [...values].join(' '),
  );
};

test.each([
  ['* * * * *', ['*', '*', '*', '*', '*']],
  ['0 */6 * * *', ['0', '0 6 12 18', '*', '*', '*']],
  ['5/20 0-4/2 ? * ?', ['5 25 45', '0 2 4', '*', '*', '*']],
  ['0,30 8-10 1,15 JAN-mar Mon-FRI', ['0 30', '8 9 10', '1 15', '1 2 3', '1 2 3 4 5']],
  ['  7\t4  * * sun ', ['7', '4', '*', '*', '0']],
  ['@hourly', ['0', '*', '*', '*', '*']],
  ['@weekly', ['0', '0', '*', '*', '0']],
  ['@yearly', ['0', '0', '1', '1', '*']],
])('%j is read as a CronJob reads it', (text, expected) => {
  expect(fieldsOf(text)).toEqual(expected);
});

test('a star with a step restricts its field', () => {
  const result = parseCron('0 0 */2 * *');
  expect(result.ok && result.cron.type === 'calendar' && result.cron.daysOfMonth.any).toBe(false);
});

test('@every is an interval of whole seconds, at least one', () => {
  expect(parseCron('@every 1h30m')).toEqual({ ok: true, cron: { type: 'interval', milliseconds: 5_400_000 } });
  expect(parseCron('@every 10ms')).toEqual({ ok: true, cron: { type: 'interval', milliseconds: 1000 } });
});

test.each([
  ['', 'must have 5 fields, not 0'],
  ['0 0 * *', 'must have 5 fields, not 4'],
  ['0 0 0 * * *', 'must have 5 fields, not 6'],
  ['60 * * * *', 'minute "60" is not within 0-59'],
  ['* 24 * * *', 'hour "24" is not within 0-23'],
  ['* * 0 * *', 'day of month "0" is not within 1-31'],
  ['* * * 13 *', 'month "13" is not within 1-12'],
  ['* * * * 7', 'day of week "7" is not within 0-6'],
  ['* * * * Mo', 'day of week "Mo" is not a number, a name or a range'],
  ['5-1 * * * *', 'minute "5-1" begins after it ends'],
  ['*/0 * * * *', 'minute "*/0" has a step of 0'],
  ['1/2/3 * * * *', 'minute "1/2/3" has more than one slash'],
  ['1-2-3 * * * *', 'minute "1-2-3" has more than one hyphen'],
  ['-5 * * * *', 'minute "-5" is not a number'],
  ['1, 2 * * *', 'minute "" is not a number'],
  ['61 25 * * *', 'minute "61" is not within 0-59; hour "25" is not within 0-23'],
  ['TZ=UTC 0 0 * * *', 'a time zone belongs in the field timezone'],
  ['CRON_TZ=UTC 0 0 * * *', 'a time zone belongs in the field timezone'],
  ['@fortnightly', '@fortnightly is not one of @yearly'],
  ['@every soon', '@every needs a duration'],
])('%j is refused with a reason', (text, why) => {
  expect(parseCron(text)).toEqual({ ok: false, why: expect.stringContaining(why) });
});
