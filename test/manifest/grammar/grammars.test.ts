import { expect, test } from 'vitest';
import { parseDuration } from '../../../src/manifest/grammar/duration.ts';
import { parseQuantity } from '../../../src/manifest/grammar/quantity.ts';
import { timeZoneFault } from '../../../src/manifest/grammar/time-zone.ts';
import { inVersionRange, isVersion, isVersionRange } from '../../../src/manifest/grammar/version.ts';

test.each([
  ['90s', 90_000],
  ['20m', 1_200_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
  ['0s', 0],
])('the duration %s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '90', '5 m', '-5m', '1d', 'm', '5M', '1h 30m', '5min', '.5h'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  ['200m', 0.2],
  ['512Mi', 512 * 2 ** 20],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['2', 2],
  ['1e3', 1000],
  ['.5', 0.5],
  ['128k', 128_000],
  ['1E', 1e18],
  ['5.', 5],
])('the quantity %s is %d', (text, amount) => {
  expect(parseQuantity(text)).toBeCloseTo(amount, 6);
});

test.each(['', '512MB', '1 Gi', 'Mi', '1K', '0x10', '1e', '.', 'five'])('%j is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('%s is a time zone', (zone) => {
  expect(timeZoneFault(zone)).toBeUndefined();
});

test.each([
  ['Europe/Berln', '; did you mean "Europe/Berlin"?'],
  ['europe/berlin', '; did you mean "Europe/Berlin"?'],
  ['+02:00', 'is not an IANA time zone'],
  ['', 'is not an IANA time zone'],
  ['Local', 'is not an IANA time zone'],
])('%j is no time zone', (zone, message) => {
  expect(timeZoneFault(zone)).toContain(message);
});

test.each(['1.2.4', '1.2.4-g29aef00', '0.0.1-rc.1+build.5'])('%s is a version', (text) => {
  expect(isVersion(text)).toBe(true);
});

test.each(['v1.2.4', '1.2', '01.2.3', ' 1.2.3', '', 'latest', '=1.2.3'])('%j is no version', (text) => {
  expect(isVersion(text)).toBe(false);
});

test('a range matches prereleases as any other version', () => {
  expect(inVersionRange('1.3.0-g29aef00', '^1.2.0')).toBe(true);
  expect(inVersionRange('2.0.0', '^1.2.0')).toBe(false);
  expect(isVersionRange('>=1 <3 || 5.x')).toBe(true);
  expect(isVersionRange('newest')).toBe(false);
});
