import { createHash } from 'node:crypto';
import { isMapping, type Mapping } from '../manifest/mapping.ts';
import { type Entry, findEntry, type List, NotAKubeconfig } from './kubeconfig-text.ts';

/** What an environment has in a kubeconfig: a context, and the cluster and user that it names. */
export interface OwnEntries {
  readonly clusters: Entry;
  readonly users: Entry;
  readonly contexts: Entry;
}

export const lists: readonly List[] = ['clusters', 'users', 'contexts'];

const extensionName = 'datakit.infoblox.dev';

/** One context of a kubeconfig as it is to stand in the user's: all under its one name, marked as the environment's. */
export function ownEntries(text: string, name: string, environmentId: string): OwnEntries {
  const { cluster, user } = bodyOf('contexts', take(text, 'contexts', name));
  const marked = (list: List, body: Mapping): Entry => {
    const entry = { name, [bodies[list]]: body };
    const extension = { environment: environmentId, of: fingerprint(list, entry) };
    return { name, [bodies[list]]: { ...body, extensions: [{ name: extensionName, extension }] } };
  };
  return {
    clusters: marked('clusters', bodyOf('clusters', take(text, 'clusters', String(cluster)))),
    users: marked('users', bodyOf('users', take(text, 'users', String(user)))),
    contexts: marked('contexts', { cluster: name, user: name }),
  };
}

/**
 * Whether an entry that is there may be replaced or removed: it says what ours says, or what an earlier one of ours said. One
 * that bears our mark and was pointed elsewhere since is somebody else's.
 */
export function isOwn(list: List, found: Mapping, environmentId: string, ours: Entry | undefined): boolean {
  const { environment, of } = markOf(list, found);
  const print = fingerprint(list, found);
  return (environment === environmentId && of === print) || (ours !== undefined && fingerprint(list, ours) === print);
}

/** Whether nothing would change, but for fields that users may add, such as a context's namespace. */
export function isUpToDate(list: List, found: Mapping, ours: Entry): boolean {
  return fingerprint(list, found) === fingerprint(list, ours);
}

/** What an entry of somebody else's is, for people. */
export function describeEntry(list: List, entry: Mapping): string {
  const { server, cluster } = bodyOf(list, entry);
  if (list === 'clusters') return `cluster ${entry['name']} points to ${server ?? 'no server'}`;
  return list === 'contexts'
    ? `context ${entry['name']} is for cluster ${cluster}`
    : `user ${entry['name']} has another login`;
}

const bodies = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;
/** The fields that say where an entry leads. */
const essential = {
  clusters: ['server', 'certificate-authority-data', 'certificate-authority', 'proxy-url', 'tls-server-name'],
  users: ['client-certificate-data', 'client-key-data', 'client-certificate', 'client-key', 'token', 'exec'],
  contexts: ['cluster'],
} as const;

function take(text: string, list: List, name: string): Mapping {
  const entry = findEntry(text, list, name);
  if (!entry) throw new NotAKubeconfig(`it has no ${bodies[list]} ${name}`);
  return entry;
}

function bodyOf(list: List, entry: Mapping): Mapping {
  const body = entry[bodies[list]];
  return isMapping(body) ? body : {};
}

function markOf(list: List, entry: Mapping): Mapping {
  const { extensions } = bodyOf(list, entry);
  const found = Array.isArray(extensions) ? extensions.filter(isMapping) : [];
  const extension = found.find(({ name }) => name === extensionName)?.['extension'];
  return isMapping(extension) ? extension : {};
}

function fingerprint(list: List, entry: Mapping): string {
  const body = bodyOf(list, entry);
  const content = JSON.stringify(essential[list].map((field) => body[field] ?? null));
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
