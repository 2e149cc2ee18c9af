import { Failure } from '../failure.ts';
import { repositoryOf } from './address.ts';
import type { RegistryClient } from './client.ts';
import { RegistryFault } from './fault.ts';
import { listRepositories } from './manifests.ts';

/** Names of packages, sorted: the catalogue's, or the known ones where a registry does not tell, or not us. */
export async function listNames(client: RegistryClient, known: readonly string[]): Promise<readonly string[]> {
  const names = await namesInCatalogue(client).catch((error: unknown) => {
    if (!isClosed(error)) throw error;
    if (known.length === 0) throw closedFailure(client, error);
    return known;
  });
  return [...new Set(names)].sort();
}

/** Packages stand right below the namespace; what is further below belongs to others. */
async function namesInCatalogue(client: RegistryClient): Promise<readonly string[]> {
  const prefix = repositoryOf(client.address, '');
  const names = (await listRepositories(client)).filter((name) => name.startsWith(prefix));
  return names.map((name) => name.slice(prefix.length)).filter((name) => name !== '' && !name.includes('/'));
}

/** Many registries have no catalogue, or show it to their owners only. */
function isClosed(error: unknown): error is RegistryFault {
  const reasons = ['unauthorized', 'forbidden', 'notFound', 'refused'];
  return error instanceof RegistryFault && reasons.includes(error.reason);
}

function closedFailure({ address: { host, origin } }: RegistryClient, fault: RegistryFault): Failure {
  const loginMayHelp = fault.reason === 'unauthorized' || fault.reason === 'forbidden';
  return new Failure('prerequisite', {
    what: `The registry ${host} does not tell which packages it has`,
    why: `${origin}/v2/_catalog: ${fault.message}`,
    next: [
      'Name the one that is meant: dk search NAME',
      'Name all that may be there: export DK_PACKAGES=name,another-name',
      ...(loginMayHelp ? [`docker login ${host}`] : []),
    ],
    cause: fault,
  });
}
