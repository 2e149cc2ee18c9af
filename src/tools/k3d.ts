import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import semver from 'semver';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { run } from './exec.ts';
import { k3dFailure, notInstalled, tooOld } from './k3d-fault.ts';

/** The first that reads k3d.io/v1alpha5. */
const minimumK3d = '5.5.0';

type Variables = Readonly<Record<string, string>>;

/** k3d by its program; whatever it cannot do is a Failure that says what to do next. */
export interface K3d {
  /** Such as `5.8.3`; fails when k3d is missing or too old. */
  version(): Promise<string>;
  /** Makes a cluster as a config file says, filling in its `${VARIABLES}`, and waits for its server. */
  create(configFile: string, variables: Variables, timeoutMs: number): Promise<void>;
  /** Starts a cluster that was stopped, and waits for its server. */
  start(cluster: string, timeoutMs: number): Promise<void>;
  /** A kubeconfig with the one context `k3d-<cluster>`; undefined while the server has not written it. */
  kubeconfig(cluster: string): Promise<string | undefined>;
}

export interface K3dOptions {
  readonly env: Context['env'];
  /** Ends k3d; its reason is what is thrown then. */
  readonly signal: AbortSignal;
  /** Folder that k3d works in and leaves its temporary files in; made when it is missing. */
  readonly directory: string;
}

/** k3d starts no engine and finds it as the docker CLI does, so that both of us talk to the same one. */
export function openK3d({ env, signal, directory }: K3dOptions): K3d {
  async function k3d(args: readonly string[], more: { variables?: Variables; timeoutMs?: number } = {}) {
    const { variables, timeoutMs: timeout = 60_000 } = more;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const childEnv = { ...env, ...ownEnvironment(directory), ...variables };
    const { stdout } = await run('k3d', args, { env: childEnv, cwd: directory, signal, timeout }).catch((error) => {
      throw k3dFailure(error);
    });
    return stdout;
  }

  return {
    async version() {
      // In no folder of its own: nothing is to be made before k3d is known to be there.
      const { stdout } = await run('k3d', ['version'], { env, signal, timeout: 10_000 }).catch((error) => {
        throw notInstalled(error);
      });
      const [, version = 'unknown'] = /^k3d version v?(\S+)/m.exec(stdout) ?? [];
      if (isOlder(version, minimumK3d)) throw tooOld(version, minimumK3d);
      return version;
    },
    async create(configFile, variables, timeoutMs) {
      await k3d(['cluster', 'create', '--config', configFile], { variables, timeoutMs });
    },
    async start(cluster, timeoutMs) {
      await k3d(['cluster', 'start', cluster], { timeoutMs });
    },
    async kubeconfig(cluster) {
      return k3d(['kubeconfig', 'get', cluster]).catch((error: unknown) => {
        if (error instanceof Failure && /Could not find the file|is not running/.test(error.why.join()))
          return undefined;
        throw error;
      });
    },
  };
}

/** k3d expands its config into a temporary file, which it forgets, and would edit the user's kubeconfig. */
function ownEnvironment(directory: string) {
  return { KUBECONFIG: join(directory, 'no-kubeconfig'), TMPDIR: directory, LOG_COLORS: 'false' };
}

/** Builds from source have versions such as `5-dev`: whoever has one knows what it can do. */
function isOlder(version: string, minimum: string): boolean {
  return semver.valid(version) !== null && semver.lt(version, minimum);
}
