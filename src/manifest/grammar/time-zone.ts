import { didYouMean } from '../near-miss.ts';

/** Right ones that somebody has asked for: looking for a zone takes long. */
const right = new Set(['UTC']);

/** What is wrong with an IANA time zone, or undefined for a right one. */
export function timeZoneFault(zone: string): string | undefined {
  if (right.has(zone)) return undefined;
  const known = canonicalZone(zone);
  // Offsets are no zones, and file systems that hold the zones tell upper from lower case.
  if (/^[A-Za-z]/.test(zone) && known !== undefined && sameZone(zone, known)) {
    right.add(zone);
    return undefined;
  }
  const suggestion = didYouMean(zone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
  return `${JSON.stringify(zone)} is not an IANA time zone such as Europe/Berlin${suggestion}`;
}

function canonicalZone(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** An alias has another canonical name; the same name in another case is a mistake. */
function sameZone(zone: string, canonical: string): boolean {
  return zone === canonical || zone.toLowerCase() !== canonical.toLowerCase();
}
