import type { Scope } from './signature.ts';

/** A parsed `Credential=` value. */
export interface Credential {
  readonly accessKeyId: string;
  readonly scope: Scope;
}

/** `AKID/YYYYMMDD/region/s3/aws4_request`, or undefined where it is not of that form. Access keys may hold slashes. */
export function parseCredential(text: string): Credential | undefined {
  const match = /^(.+)\/(\d{8})\/([^/]*)\/s3\/aws4_request$/.exec(text);
  const [, accessKeyId, day, region] = match ?? [];
  if (accessKeyId === undefined || day === undefined || region === undefined) return undefined;
  return { accessKeyId, scope: { day, region } };
}

/** `YYYYMMDDTHHMMSSZ` in milliseconds, or undefined where it is no such time. */
export function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** `YYYYMMDDTHHMMSSZ` of a time in milliseconds. */
export function formatTimestamp(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** How far a client's clock may be off, in milliseconds. */
export const maximumSkew = 15 * 60_000;
