import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../failure.ts';
import { isThere } from '../../tools/if-there.ts';
import { findProgram } from '../find-program.ts';
import { inheritedEnvironment } from '../process-environment.ts';
import { runVisibly } from '../run-visibly.ts';
import { firstExisting } from './files.ts';
import type { Preparation } from './runtime.ts';

interface PackageJson {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Runs npm only when a declared dependency is not there, or not in the version that is asked for. */
export async function ensureNodeDependencies({ context, directory }: Preparation): Promise<void> {
  const missing = await missingDependencies(directory);
  if (missing.length === 0) return;
  await refuseOtherManagers(directory, missing);
  const locked = firstExisting(directory, ['package-lock.json', 'npm-shrinkwrap.json']);
  const npm = await findProgram('npm', context.env['PATH'], directory);
  const args = [locked ? 'ci' : 'install', '--no-audit', '--no-fund'];
  await runVisibly(context, {
    title: `Installing dependencies, for want of ${missing.join(', ')}`,
    file: npm,
    args,
    cwd: directory,
    // Install scripts are strangers' code: they get none of the run's variables.
    env: inheritedEnvironment(context.env),
    failure: 'unhealthy',
  });
}

/** Names of the dependencies in package.json that Node would not find from the package's folder. */
async function missingDependencies(directory: string): Promise<string[]> {
  const declared = Object.entries(readPackage(directory)?.dependencies ?? {});
  const found = await Promise.all(declared.map(([name, range]) => isInstalled(directory, name, range)));
  return declared.filter((_, index) => !found[index]).map(([name]) => name);
}

async function isInstalled(directory: string, name: string, range: string): Promise<boolean> {
  for (let folder = directory; ; folder = dirname(folder)) {
    const installed = readPackage(join(folder, 'node_modules', name));
    if (installed) return fits(installed.version, range);
    if (folder === dirname(folder)) return false;
  }
}

/** What is no range (a folder, a Git address, a workspace) fits whatever is there; so does what has no version. */
async function fits(version: string | undefined, range: string): Promise<boolean> {
  if (version !== undefined && isLaterOfSameMajor(version, range)) return true;
  const { default: semver } = await import('semver');
  const real = range.replace(/^npm:.*@/, '');
  if (version === undefined || semver.validRange(real) === null) return true;
  return semver.satisfies(version, real, { includePrerelease: true });
}

/** What npm writes, `^8.11.3`, for a plain version: answered without loading semver, which takes as long as a short run. */
function isLaterOfSameMajor(version: string, range: string): boolean {
  const wanted = /^\^([1-9]\d*)\.(\d+)\.(\d+)$/.exec(range)?.slice(1).map(Number);
  const found = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1).map(Number);
  if (!wanted || !found || wanted[0] !== found[0]) return false;
  const [, minor = 0, patch = 0] = wanted;
  const [, foundMinor = 0, foundPatch = 0] = found;
  return foundMinor > minor || (foundMinor === minor && foundPatch >= patch);
}

function readPackage(directory: string): PackageJson | undefined {
  const file = join(directory, 'package.json');
  const text = readIfReadable(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as PackageJson;
  } catch (cause) {
    throw new Failure('invalid', { what: `${file} is not JSON`, why: String(cause), cause });
  }
}

/** A folder above the package may be closed to us: Node would not find anything in it either. */
function readIfReadable(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function refuseOtherManagers(directory: string, missing: readonly string[]): Promise<void> {
  for (const [lockfile, manager] of [
    ['pnpm-lock.yaml', 'pnpm'],
    ['yarn.lock', 'yarn'],
    ['bun.lock', 'bun'],
  ] as const) {
    if (!isThere(join(directory, lockfile))) continue;
    throw new Failure('prerequisite', {
      what: `Dependencies of the package are not installed: ${missing.join(', ')}`,
      why: `Its ${lockfile} says that ${manager} installs them, and dk only knows npm`,
      next: `(cd ${directory} && ${manager} install)`,
    });
  }
}
