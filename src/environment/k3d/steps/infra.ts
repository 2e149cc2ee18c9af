import type { Progress, Step } from '../../../graph/step.ts';
import type { KubernetesObject } from '../../../tools/kubernetes.ts';
import { checkPostgres } from '../../../tools/postgres.ts';
import { infraManifests, infraObjects, withSecretVersion } from '../infra.ts';
import { rolloutFault, waitForRollout } from '../infra-rollout.ts';
import { clearStaleClaim, staleClaim } from '../infra-volume.ts';
import { setSuperuserPassword } from '../postgres.ts';
import { ensureInfraSecret, type InfraSecret, type InfraServer, readInfraSecret } from '../secrets.ts';
import type { K3dWorld } from '../world.ts';

/** Long, for images that have to be pulled first. */
const rolloutMs = 600_000;

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
    if ((await whyNoLogin(world)) === undefined) return;
    progress.say('setting a new password');
    const { password = '' } = await world.superuser();
    await setSuperuserPassword(api, password, progress.signal);
  },
};

/** The shared MinIO server. */
export const objectStoreStep: Step<K3dWorld> = {
  id: 'object-store',
  title: 'Object store (MinIO)',
  needs: ['namespace'],
  async check(world) {
    const why = await whyNotDeployed(world, 'minio');
    return why === undefined ? { done: true } : { done: false, why };
  },
  async run(world, progress) {
    await deploy(world, 'minio', progress);
  },
};

async function whyNotDeployed({ kubernetes, id, context }: K3dWorld, server: InfraServer): Promise<string | undefined> {
  const api = await kubernetes();
  const secret = await readInfraSecret(api, server, context.secrets);
  if (typeof secret === 'string') return secret;
  const whys = await Promise.all([
    staleClaim(api, volumeOf(server)),
    ...(await objectsOf(server, id, secret)).map((object) => api.wouldChange(object, { force: true })),
  ]);
  return whys.find((why) => why !== undefined) ?? rolloutFault(api, server);
}

/** Applies all that makes a server, data kept, and waits until it runs. */
async function deploy({ kubernetes, id, context }: K3dWorld, server: InfraServer, { signal, say }: Progress) {
  const api = await kubernetes();
  const secret = await ensureInfraSecret(api, server, id, context.secrets);
  if (await clearStaleClaim(api, volumeOf(server))) say('giving its volume to the new claim');
  for (const object of await objectsOf(server, id, secret)) await api.apply(object, { force: true, signal });
  await waitForRollout(api, server, { timeoutMs: rolloutMs, say, signal });
  return api;
}

async function objectsOf(server: InfraServer, id: string, secret: InfraSecret): Promise<readonly KubernetesObject[]> {
  const objects = infraObjects(await infraManifests(server), id);
  return objects.filter(({ kind }) => kind !== 'Namespace').map((object) => withSecretVersion(object, [secret]));
}

/** The volume on the node that the manifests of a server name. */
const volumeOf = (server: InfraServer) => `dk-${server}`;

async function whyNoLogin(world: K3dWorld): Promise<string | undefined> {
  const checked = await checkPostgres(await world.superuser());
  return checked.ok ? undefined : checked.reason;
}

function specOf(object: object): object {
  return 'spec' in object && typeof object.spec === 'object' && object.spec !== null ? object.spec : {};
}
