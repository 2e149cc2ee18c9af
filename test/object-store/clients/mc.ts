import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { KeyPair } from '../../../src/object-store/server.ts';
import { onPath } from '../../helpers/on-path.ts';
import { accessCases } from './mc-access.ts';
import { objectCases } from './mc-objects.ts';
import type { Mc, McCases } from './mc-world.ts';
import { environmentOf, type Outcomes, outcomesOf } from './outcome.ts';
import type { S3Server } from './servers.ts';

const program = findMc();

/** Why mc cannot be run here, or undefined. */
export const missingMc: string | undefined =
  program === undefined ? 'there is no MinIO client, mc, on PATH' : undefined;

const all: McCases = { ...objectCases, ...accessCases };

/** Goes through the cases of MinIO's client. */
export async function runMc(server: S3Server): Promise<Outcomes> {
  const home = mkdtempSync(join(tmpdir(), 'dk-mc-'));
  const mc = mcFor(server, home);
  const newBucket = async (id: string) => {
    await mc(['mb', `s3/mc-${id}`]);
    return `s3/mc-${id}`;
  };
  try {
    return await outcomesOf(all, (id) => ({
      mc,
      server,
      folder: mkdtempSync(join(home, id)),
      newBucket: () => newBucket(id),
    }));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Runs mc with the server as `s3`, the cell's key to it as `cell`, and what should not open it as `wrong` and `nobody`. */
function mcFor(server: S3Server, home: string): Mc {
  const hostFor = ({ accessKeyId, secretAccessKey }: KeyPair) =>
    server.endpoint.replace('://', `://${accessKeyId}:${secretAccessKey}@`);
  const env = {
    ...environmentOf(server, home),
    MC_CONFIG_DIR: join(home, 'config'),
    MC_NO_COLOR: '1',
    MC_HOST_s3: hostFor(server.root),
    MC_HOST_cell: hostFor(server.cell),
    MC_HOST_wrong: hostFor({ ...server.root, secretAccessKey: 'wrong-secret' }),
    MC_HOST_nobody: hostFor({ accessKeyId: 'nobody', secretAccessKey: 'wrong-secret' }),
  };
  return async (args, options = {}) => {
    const ran = await execa(program ?? '', args, { ...options, env, extendEnv: false, timeout: 30_000 });
    return ran.stdout;
  };
}

/** Under each of the names it has; Midnight Commander's program is called `mc` too. */
function findMc(): string | undefined {
  return ['mcli', 'minio-client', 'mc'].map(onPath).find(isMinios);
}

function isMinios(file: string | undefined): boolean {
  return file !== undefined && spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout.includes('MinIO');
}
