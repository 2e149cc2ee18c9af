import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';

const longest = 29;

/** The environment a command speaks of: the flag, `DK_ENV`, or `local`; usage Failure for an impossible name. */
export function environmentName(context: Pick<Context, 'env'>, flag: string | undefined): string {
  const fromEnv = flag === undefined && context.env['DK_ENV'] ? ' (from DK_ENV)' : '';
  const name = flag ?? (context.env['DK_ENV'] || 'local');
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= longest && !name.includes('--')) return name;
  throw new Failure('usage', {
    what: `"${name}"${fromEnv} cannot be the name of an environment`,
    why: `A name has at most ${longest} lower-case letters, digits and single hyphens, with a letter or digit at both ends`,
    next: `Such as: ${fromEnv ? 'export DK_ENV=' : '--env '}${possibleName(name)}`,
  });
}

/** The name that comes nearest to one that cannot be. */
function possibleName(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ['local'];
  return words.join('-').slice(0, longest).replace(/-$/, '');
}

/** `dk dev up`, with `--env` where it is needed to mean this environment. */
export function devCommand({ program, env }: Pick<Context, 'program' | 'env'>, verb: string, name: string): string {
  return `${program} dev ${verb}${name === (env['DK_ENV'] || 'local') ? '' : ` --env ${name}`}`;
}
