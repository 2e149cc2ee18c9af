import { Failure, type FailureKind } from '../failure.ts';
import { networkStageOf } from '../tools/network-fault.ts';
import { type RegistryAddress, repositoryOf } from './address.ts';
import type { RegistryFault } from './fault.ts';

/** What was asked of which registry. */
export interface Attempt {
  readonly address: RegistryAddress;
  /** Completes "The registry did not …". */
  readonly doing: string;
  /** Whether there is a login for it on this machine. */
  readonly hasLogin: boolean;
}

interface Explanation {
  readonly kind: FailureKind;
  readonly what: string;
  readonly why?: readonly string[];
  readonly next: readonly string[];
}

/** What a registry's fault means to whoever asked, and what can be done about it. */
export function registryFailure(fault: RegistryFault, attempt: Attempt): Failure {
  const { kind, what, why = [], next } = explain(fault, attempt);
  return new Failure(kind, { what, why: [`${attempt.address.origin}: ${fault.message}`, ...why], next, cause: fault });
}

function explain(fault: RegistryFault, attempt: Attempt): Explanation {
  const { host, origin } = attempt.address;
  const look = `curl -i ${origin}/v2/`;
  switch (fault.reason) {
    case 'unreachable':
      return { kind: 'prerequisite', what: `The registry ${host} does not answer`, ...onTheWay(fault, attempt) };
    case 'timeout':
      return { kind: 'stillStarting', what: `The registry ${host} did not answer in time`, next: [look] };
    case 'cut':
      return {
        kind: 'unhealthy',
        what: `The registry ${host} broke off the connection and did not ${attempt.doing}`,
        next: ['Try again: what it already holds is not sent twice', look],
      };
    case 'unauthorized':
      return notLoggedIn(attempt);
    case 'forbidden':
      return {
        kind: 'refused',
        what: `You may not ${attempt.doing} in the registry ${host}`,
        next: ['Ask who runs the registry for that permission', `docker login ${host}   # as somebody else`],
      };
    case 'notFound':
      return {
        kind: 'notFound',
        what: `The registry ${host} did not ${attempt.doing}: it knows no such place`,
        why: [`Some registries want ${repositoryOf(attempt.address, '…')} to be made before anything is pushed there`],
        next: [look],
      };
    case 'tooMany':
      return {
        kind: 'unhealthy',
        what: `The registry ${host} wants fewer requests and did not ${attempt.doing}`,
        next: [`Try again later; registries often allow more after: docker login ${host}`],
      };
    case 'server':
    case 'refused':
      return { kind: 'unhealthy', what: `The registry ${host} did not ${attempt.doing}`, next: [look] };
    case 'corrupt':
      return {
        kind: 'unhealthy',
        what: `What the registry ${host} sent is damaged`,
        why: [`It did not ${attempt.doing}`],
        next: ['Try again', 'Or ask who runs the registry, or a proxy before it, for its log'],
      };
  }
}

function notLoggedIn({ address: { host }, doing, hasLogin }: Attempt): Explanation {
  return {
    kind: 'unhealthy',
    what: hasLogin
      ? `The registry ${host} does not accept your login and did not ${doing}`
      : `The registry ${host} asks for a login to ${doing}`,
    why: hasLogin ? [] : [`No login for ${host} is in the config of Docker or Helm`],
    next: [`docker login ${host}`, `helm registry login ${host}`],
  };
}

function onTheWay(fault: RegistryFault, { address: { host, origin } }: Attempt): Pick<Explanation, 'why' | 'next'> {
  const look = `curl -i ${origin}/v2/`;
  if (/WRONG_VERSION_NUMBER|wrong version number|packet length too long/i.test(fault.message))
    return { why: ['It speaks plain HTTP there'], next: ['Where that is meant: --plain-http'] };
  if (networkStageOf(fault.cause) !== 'tls') return { next: [look, `Another registry: --registry, or DK_REGISTRY`] };
  return {
    why: [`The certificate of ${host} is signed by nobody whom this machine trusts`],
    next: ['export DK_CA_BUNDLE=/path/to/ca.pem', look],
  };
}
