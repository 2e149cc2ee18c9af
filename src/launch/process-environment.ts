import { Failure } from '../failure.ts';

type Variables = Readonly<Record<string, string>>;

/**
 * What a package must not get from the shell that dk was started in. Where it reads and writes is resolved from
 * Stores and nothing else, so whatever would lead a client library elsewhere stays behind: dk's own settings,
 * and the places and credentials of the cloud SDKs, of libpq (`PGHOST`) and of the Stores' keys (`PG_PASS`).
 * Who needs one of them says so: `-e AWS_PROFILE=…` or `spec.env`. All else is kept (PATH, HOME, LANG, proxies, …).
 */
const leftBehind = /^(DK_|AWS_|PG|S3_|GOOGLE_|GCLOUD_|CLOUDSDK_|GCP_|AZURE_|ARM_)/;

/** The caller's environment as far as a package may see it. */
export function inheritedEnvironment(caller: Readonly<Record<string, string | undefined>>): Variables {
  const kept = Object.entries(caller).filter(([name]) => !leftBehind.test(name));
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The whole environment of a command that runs with a package's variables; `-e` is stronger than the package's own. */
export function processEnvironment(
  caller: Readonly<Record<string, string | undefined>>,
  variables: Variables,
  extra: Variables,
): Variables {
  refuseOurs(extra);
  return { ...inheritedEnvironment(caller), ...variables, ...extra };
}

function refuseOurs(extra: Variables): void {
  const ours = Object.keys(extra).filter((name) => name.startsWith('DK_'));
  if (ours.length === 0) return;
  throw new Failure('usage', {
    what: `${ours.join(', ')} cannot be set with -e`,
    why: 'Variables that begin with DK_ come from the resolved Stores',
    next: 'Change the Store, or give the variable another name',
  });
}
