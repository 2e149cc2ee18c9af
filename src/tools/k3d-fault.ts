import { Failure, type FailureKind } from '../failure.ts';
import { CommandFailure } from './command-failure.ts';

const install = 'Install k3d: https://k3d.io/stable/#installation';
const withoutCluster = 'Without a cluster: dk dev up --engine embedded';

/** k3d could not even tell its version. */
export function notInstalled(error: unknown): unknown {
  if (!(error instanceof CommandFailure) || error.kind !== 'prerequisite') return k3dFailure(error);
  return new Failure('prerequisite', {
    what: 'k3d was not found',
    why: 'No folder of PATH has a program k3d',
    next: [install, withoutCluster],
    cause: error,
  });
}

/** The config that dk has is newer than k3d. */
export function tooOld(version: string, minimum: string): Failure {
  return new Failure('prerequisite', {
    what: `k3d ${version} is too old`,
    why: `dk needs ${minimum} or newer`,
    next: [install, withoutCluster],
  });
}

/** The command that failed, with k3d's own words in the place of its log. */
export function k3dFailure(error: unknown): unknown {
  if (!(error instanceof CommandFailure)) return error;
  if (error.kind === 'prerequisite') return notInstalled(error);
  const [command = 'k3d'] = error.why;
  const reasons = reasonsIn(`${error.stderr}\n${error.stdout}`);
  const text = reasons.join('\n');
  const { kind, next } = remedies.find(({ pattern }) => pattern.test(text)) ?? { kind: error.kind, next: [] };
  return new Failure(kind, {
    what: error.message.replace('The command', 'k3d'),
    why: [command, ...(reasons.length > 0 ? reasons : error.why.slice(1))],
    next,
    cause: error,
  });
}

/** What k3d logs as errors, each once; without colours it writes logfmt, and quotes as JSON does. */
function reasonsIn(log: string): readonly string[] {
  const messages = [...log.matchAll(/ level=(?:error|fatal) msg=("(?:[^"\\]|\\.)*"|\S+)/g)].map(
    ([, message = '']) => message,
  );
  return [...new Set(messages.map(unquote))];
}

function unquote(message: string): string {
  try {
    return String(JSON.parse(message));
  } catch {
    return message;
  }
}

interface Remedy {
  readonly pattern: RegExp;
  readonly kind: FailureKind;
  readonly next: readonly string[];
}

const remedies: readonly Remedy[] = [
  {
    pattern: /port is already allocated|address already in use|ports are not available/i,
    kind: 'conflict',
    next: ['docker ps   # which container has the port'],
  },
  { pattern: /is already in use by container|already exists/i, kind: 'conflict', next: [] },
  {
    pattern: /failed to pull|pull access denied|manifest unknown|no such image/i,
    kind: 'prerequisite',
    next: ['Name an image that can be pulled: export DK_K3S_IMAGE=…'],
  },
];
