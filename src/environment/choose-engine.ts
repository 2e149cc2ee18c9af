import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { lookForProgram } from '../launch/find-program.ts';
import type { Engine } from './environment.ts';
import { devCommand } from './names.ts';
import type { EnvironmentRecord } from './state.ts';

/** The engine that is asked for by name; a usage Failure for one that there is not. */
export function parseEngine(context: Pick<Context, 'env'>, flag: string | undefined): Engine | undefined {
  const asked = flag ?? (context.env['DK_ENGINE'] || undefined);
  if (asked === undefined || asked === 'k3d' || asked === 'embedded') return asked;
  throw new Failure('usage', {
    what: `There is no engine ${asked}${flag === undefined ? ' (from DK_ENGINE)' : ''}`,
    why: 'There are k3d, a Kubernetes cluster in Docker, and embedded, servers as processes of this machine',
    next: '--engine k3d or --engine embedded',
  });
}

/** The engine of an environment: as it was made, else as asked for, else k3d where the machine has all it needs. */
export async function chooseEngine(
  context: Context,
  asked: Engine | undefined,
  existing: Pick<EnvironmentRecord, 'name' | 'engine'> | undefined,
): Promise<Engine> {
  if (existing && asked !== undefined && asked !== existing.engine) throw otherEngine(context, asked, existing);
  return existing?.engine ?? asked ?? ((await canUseK3d(context)) ? 'k3d' : 'embedded');
}

/** Whether k3d is installed and an engine answers. Docker is asked only where the first is so: asking takes longer. */
export async function canUseK3d(context: Context): Promise<boolean> {
  const k3d = await lookForProgram('k3d', context.env['PATH'], context.cwd);
  return k3d !== undefined && (await dockerAnswers(context));
}

function otherEngine(context: Context, asked: Engine, { name, engine }: Pick<EnvironmentRecord, 'name' | 'engine'>) {
  return new Failure('conflict', {
    what: `Environment ${name} is of engine ${engine}, not ${asked}`,
    next: [
      `Another one beside it: ${context.program} dev up --env ${name}-${asked} --engine ${asked}`,
      `Or without this one and its data: ${devCommand(context, 'down', name)} --delete`,
    ],
  });
}

async function dockerAnswers(context: Context): Promise<boolean> {
  try {
    const { openDocker } = await import('../tools/docker.ts');
    await (await openDocker(context)).ping();
    return true;
  } catch (error) {
    if (error instanceof Failure && error.kind === 'prerequisite') return false;
    throw error;
  }
}
