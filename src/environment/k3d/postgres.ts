import { Failure } from '../../failure.ts';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { PostgresAddress } from '../../tools/postgres-address.ts';
import { scramVerifier } from '../../tools/postgres-scram.ts';
import { infraNamespace } from './infra.ts';

const superuser = 'postgres';

/** The shared server as its superuser sees it, through the port that is mapped to this machine. */
export function superuserAddress(port: number, password: string): PostgresAddress {
  return { host: '127.0.0.1', port, database: 'postgres', user: superuser, password, sslmode: 'disable' };
}

/** Gives the superuser another password, over the socket in the pod, where it needs none. */
export async function setSuperuserPassword(
  kubernetes: Pick<Kubernetes, 'exec'>,
  password: string,
  signal?: AbortSignal,
): Promise<void> {
  const verifier = await scramVerifier(password);
  const { code, stderr } = await kubernetes.exec({
    namespace: infraNamespace,
    pod: 'postgres-0',
    container: 'postgres',
    command: psql,
    // \q, as not every connection can tell the end of the input.
    stdin: `ALTER ROLE ${superuser} PASSWORD '${verifier}';\n\\q\n`,
    signal,
  });
  if (code === 0) return;
  throw new Failure('unhealthy', {
    what: 'The password of the shared Postgres server could not be set',
    why: stderr.trimEnd().split('\n'),
    next: 'dk dev logs postgres',
  });
}

const psql = [
  'psql',
  '--no-psqlrc',
  '--quiet',
  '--no-password',
  '--set=ON_ERROR_STOP=1',
  '--host=/var/run/postgresql',
  `--username=${superuser}`,
  '--dbname=postgres',
  '--file=-',
];
