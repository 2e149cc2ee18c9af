import type { Progress, Step } from '../../../graph/step.ts';
import { checkPostgres } from '../../../tools/postgres.ts';
import { checkS3 } from '../../../tools/s3.ts';
import { region } from '../../desired.ts';
import { inOrder, withSecretVersion } from '../infra.ts';
import { waitForAnswer } from '../infra-answer.ts';
import { rolloutFault, waitForRollout } from '../infra-rollout.ts';
import { applyInTurn, clearStaleClaim, staleClaim } from '../infra-volume.ts';
import { setSuperuserPassword } from '../postgres.ts';
import { ensureInfraSecret, type InfraSecret, type InfraServer, readInfraSecret } from '../secrets.ts';
import type { K3dWorld } from '../world.ts';

/** Long, for images that have to be pulled first. */
const rolloutMs = 600_000;
const answerMs = 60_000;

/** The shared PostgreSQL server. */
export const postgresStep: Step<K3dWorld> = {
  id: 'postgres',
  title: 'PostgreSQL server',
  needs: ['namespace'],
  async check(world) {
    const why = (await whyNotDeployed(world, 'postgres')) ?? (await whyNoLogin(world));
    return why === undefined ? { done: true } : { done: false, why };
  },
  async run(world, progress) {
    const api = await deploy(world, 'postgres', progress);
    const address = await world.superuser();
    const answer = await waitForAnswer('PostgreSQL', () => checkPostgres(address), {
      timeoutMs: answerMs,
      ...progress,
    });
    if (answer.ok) return;
    progress.say('setting a new password');
    await setSuperuserPassword(api, address.password ?? '', progress.signal);
  },
};

/** The shared MinIO server. */
export const objectStoreStep: Step<K3dWorld> = {
  id: 'object-store',
  title: 'Object store (MinIO)',
  needs: ['namespace'],
  async check(world) {
    const why = (await whyNotDeployed(world, 'minio')) ?? (await whyNoAnswer(world));
    return why === undefined ? { done: true } : { done: false, why };
  },
  async run(world, progress) {
    await deploy(world, 'minio', progress);
    const root = await probe(world);
    await waitForAnswer('object store', () => checkS3(root), { timeoutMs: answerMs, ...progress });
  },
};

async function whyNotDeployed(world: K3dWorld, server: InfraServer): Promise<string | undefined> {
  const { kubernetes, context } = world;
  const api = await kubernetes();
  const secret = await readInfraSecret(api, server, context.secrets);
  if (typeof secret === 'string') return secret;
  const whys = await Promise.all([
    staleClaim(api, volumeOf(server)),
    ...(await objectsOf(world, server, secret)).map((object) => api.wouldChange(object, { force: true })),
  ]);
  return whys.find((why) => why !== undefined) ?? rolloutFault(api, server);
}

/** Applies all that makes a server, data kept, and waits until it runs. */
async function deploy(world: K3dWorld, server: InfraServer, { signal, say }: Progress) {
  const { kubernetes, id, context } = world;
  const api = await kubernetes();
  const secret = await ensureInfraSecret(api, server, id, context.secrets);
  if (await clearStaleClaim(api, volumeOf(server))) say('giving its volume to the new claim');
  await applyInTurn(api, await objectsOf(world, server, secret), signal);
  await waitForRollout(api, server, { timeoutMs: rolloutMs, say, signal });
  return api;
}

async function objectsOf({ manifests }: K3dWorld, server: InfraServer, secret: InfraSecret) {
  return inOrder(await manifests(server)).map((object) => withSecretVersion(object, [secret]));
}

/** The volume on the node that the manifests of a server name. */
const volumeOf = (server: InfraServer) => `dk-${server}`;

/** A bucket that is not there is an answer. */
async function whyNoAnswer(world: K3dWorld): Promise<string | undefined> {
  const checked = await checkS3(await probe(world));
  return checked.ok || checked.stage === 'bucket' ? undefined : checked.reason;
}

const probe = async ({ buckets, rootKey }: K3dWorld) => ({
  endpoint: buckets.endpoint,
  bucket: 'dk-probe',
  region,
  ...(await rootKey()),
});

async function whyNoLogin(world: K3dWorld): Promise<string | undefined> {
  const checked = await checkPostgres(await world.superuser());
  return checked.ok ? undefined : checked.reason;
}
