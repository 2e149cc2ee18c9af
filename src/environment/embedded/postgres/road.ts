import { chmod, mkdir, readFile } from 'node:fs/promises';
import { platform, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure, reasonOf } from '../../../failure.ts';
import { run } from '../../../tools/exec.ts';
import type { Binaries } from './binaries.ts';
import { copyPackage } from './package-files.ts';

/**
 * How PostgreSQL is run, which refuses to be root: as ourselves; as ourselves, but called `nobody` in a user
 * namespace; or, as root, really as the user `nobody`.
 */
export type RoadName = 'direct' | 'user-namespace' | 'other-user';

/** A road that was tried. */
export interface Road {
  readonly name: RoadName;
  readonly bin: string;
  /** Goes before a program and its arguments. */
  readonly prefix: readonly string[];
  /** Whom the programs run as and the data belongs to, when it is not us. */
  readonly user?: User;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

interface Wanted {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
  /** Folder of the environment that another user can enter; made when it is needed. */
  readonly commonFolder: string;
  /** Only this road. */
  readonly only?: RoadName | undefined;
}

/** Finds a way to run PostgreSQL here by trying it; prerequisite Failure with all that was tried. */
export async function findRoad(binaries: Binaries, wanted: Wanted): Promise<Road> {
  const tried: string[] = [];
  for (const name of wanted.only ? [wanted.only] : candidates(wanted.uid)) {
    try {
      return await tryRoad(name, binaries, wanted);
    } catch (error) {
      tried.push(`${name}: ${reasonOf(error)}`);
    }
  }
  const root = wanted.uid === 0;
  throw new Failure('prerequisite', {
    what: 'PostgreSQL cannot be run as this user',
    why: [root ? 'it refuses to run as root' : 'it wants a user that has a name', ...tried],
    next: root ? 'Run dk as an ordinary user' : 'Run dk as a user that /etc/passwd knows',
  });
}

function candidates(uid: number | undefined): readonly RoadName[] {
  if (uid === 0) return platform() === 'linux' ? ['user-namespace', 'other-user'] : ['other-user'];
  return hasName() ? ['direct'] : ['user-namespace'];
}

/** initdb looks up its user's name; some container platforms run programs as a number that has none. */
function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

async function tryRoad(name: RoadName, binaries: Binaries, wanted: Wanted): Promise<Road> {
  switch (name) {
    case 'direct':
      return { name, bin: binaries.bin, prefix: [] };
    case 'user-namespace': {
      const { uid, gid } = await nobody();
      const prefix = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
      return proven({ name, bin: binaries.bin, prefix }, wanted);
    }
    case 'other-user':
      return asOtherUser(binaries, wanted);
  }
}

async function asOtherUser(binaries: Binaries, wanted: Wanted): Promise<Road> {
  const road = { name: 'other-user', prefix: [], user: await nobody() } as const;
  try {
    return await proven({ ...road, bin: binaries.bin }, wanted);
  } catch (error) {
    // Most often our programs lie in a home folder that nobody else may enter.
    if (binaries.package === undefined) throw error;
    const folder = await copyPackage(binaries.package, join(await makeCommonFolder(wanted.commonFolder), 'programs'));
    return proven({ ...road, bin: join(folder, 'native', 'bin') }, wanted);
  }
}

/** Makes a folder of root's that others can pass through, but not list; so are those above it that are missing. */
export async function makeCommonFolder(folder: string): Promise<string> {
  const first = await mkdir(folder, { recursive: true });
  // Set, not asked for, because the umask would be taken off.
  for (let made = folder; first && made.length >= first.length; made = dirname(made)) await chmod(made, 0o711);
  return folder;
}

/** The command line of a PostgreSQL program on a road, and what `run` and `startDetached` need to know of it. */
export function onRoad({ bin, prefix, user }: Road, program: 'initdb' | 'postgres', args: readonly string[]) {
  const [file = '', ...rest] = [...prefix, join(bin, program), ...args];
  return { file, args: rest, options: { cwd: '/', ...user } };
}

async function proven(road: Road, { env }: Wanted): Promise<Road> {
  const { file, args, options } = onRoad(road, 'postgres', ['--version']);
  await run(file, args, { ...options, env });
  return road;
}

async function nobody(): Promise<User> {
  const users = await readFile('/etc/passwd', 'utf8');
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(users) ?? [];
  if (uid === undefined || gid === undefined) throw new Error('/etc/passwd has no user "nobody"');
  return { uid: Number(uid), gid: Number(gid) };
}
