import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import type { LaunchOptions } from '../launch/launch.ts';
import type { Place } from '../launch/place.ts';
import { parseDuration } from '../manifest/grammar/duration.ts';
import type { OutputFormat } from '../report/result.ts';
import type { ResolvedRun } from '../resolve/run-spec.ts';
import type { WhereFlags } from './where.ts';

export interface RunFlags extends WhereFlags {
  readonly launch: Place['launch'];
  readonly watch: boolean;
  readonly detach: boolean;
  /** What it ran as stays after its end. */
  readonly keep: boolean;
  readonly inspect: boolean;
  readonly dryRun: boolean;
  readonly set: readonly string[];
  readonly e: readonly string[];
  readonly timeout?: string;
  readonly output: OutputFormat;
}

/** What is wrong with the flags alone is said before anything is read. */
export function checkFlags(context: Context, { launch, keep, watch, detach, timeout, e }: RunFlags): void {
  namedValues(context, e);
  if (timeout !== undefined) milliseconds(timeout);
  if (watch && detach)
    throw new Failure('usage', { what: '--watch stays with the run, and --detach leaves it: choose one' });
  if (keep && launch === 'process')
    throw new Failure('usage', {
      what: 'A process leaves nothing that could be kept',
      next: '--launch container, or --launch job',
    });
}

/** How a resolved package is to be launched; an invalid Failure where its own timeout is none. */
export function launchOptions(
  context: Context,
  args: readonly string[],
  { timeout, e, detach, inspect }: RunFlags,
  run: ResolvedRun,
): LaunchOptions {
  const timeoutMs = timeout === undefined ? timeoutOf(context, run) : milliseconds(timeout);
  const extraEnv = namedValues(context, e);
  return { args, extraEnv, detach, inspect, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

function timeoutOf({ program }: Context, { transform: { timeout }, package: { name, directory } }: ResolvedRun) {
  if (timeout === undefined) return undefined;
  const value = parseDuration(timeout);
  if (value !== undefined) return value;
  throw new Failure('invalid', {
    what: `spec.timeout of package ${name} is no duration: "${timeout}"`,
    why: 'A duration is such as 90s, 20m, 1h30m or 500ms',
    next: `${program} lint ${directory}`,
  });
}

function milliseconds(text: string): number {
  const value = parseDuration(text);
  if (value !== undefined) return value;
  throw new Failure('usage', { what: `"${text}" is not a duration`, next: '--timeout 90s, 20m, 1h30m or 500ms' });
}

/** The variables that `-e NAME=value` sets. */
function namedValues({ program }: Context, texts: readonly string[]): Readonly<Record<string, string>> {
  const next = `${program} run -e LOG_LEVEL=debug`;
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name === '') throw new Failure('usage', { what: `-e ${text} is not of the form NAME=value`, next });
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return [name, value];
      throw new Failure('usage', {
        what: `"${name}" cannot be the name of a variable`,
        why: 'a name has letters, digits and underscores, and begins with no digit',
        next,
      });
    }),
  );
}
