import { createHash } from 'node:crypto';
import { Failure, reasonOf } from '../failure.ts';
import type { KubernetesObject } from '../tools/kubernetes.ts';
import { kubernetesReasonOf } from '../tools/kubernetes-fault.ts';
import { manager, type Shared } from './loop.ts';

/** What has happened to an object, as `kubectl describe` shows it. */
export interface Happening {
  readonly type: 'Normal' | 'Warning';
  /** One word in CamelCase. */
  readonly reason: string;
  readonly message: string;
}

interface Event extends KubernetesObject {
  readonly count?: number;
}

const longestMessage = 1000;

/** Tells an object's readers what has happened; the same once more is counted. That it cannot be told is no reason to fail. */
export async function recordEvent(shared: Shared, object: KubernetesObject, happening: Happening): Promise<void> {
  try {
    await createOrCount(shared, object, happening);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Nobody reads it any more.
    if (kubernetesReasonOf(error) === 'terminating') return;
    shared.log.warn('an event cannot be told', { object: object.metadata.name, why: reasonOf(error) });
  }
}

async function createOrCount(
  { kubernetes, now }: Shared,
  object: KubernetesObject,
  happening: Happening,
): Promise<void> {
  const event = eventOf(object, happening, now());
  try {
    await kubernetes.create(event);
  } catch (error) {
    if (kubernetesReasonOf(error) !== 'conflict') throw error;
    const reference = { kind: 'Event', ...placeOf(event) } as const;
    const { count = 1 } = (await kubernetes.get<Event>(reference)) ?? {};
    await kubernetes.merge(reference, { count: count + 1, lastTimestamp: event.lastTimestamp });
  }
}

/** Its name is its content, so that what happens again is found again. */
function eventOf({ apiVersion, kind, metadata }: KubernetesObject, { type, reason, message }: Happening, now: Date) {
  const { name, namespace, uid } = metadata;
  const at = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const text = message.slice(0, longestMessage);
  const hash = createHash('sha256')
    .update(JSON.stringify([kind, uid, type, reason, text]))
    .digest('hex');
  return {
    apiVersion: 'v1',
    kind: 'Event' as const,
    // Those of what is in no namespace have their place in this one.
    metadata: { name: `${name}.${hash.slice(0, 16)}`, namespace: namespace ?? 'default' },
    involvedObject: { apiVersion, kind, name, ...(namespace !== undefined && { namespace }), uid },
    ...{ type, reason, message: text, count: 1, firstTimestamp: at, lastTimestamp: at },
    source: { component: manager },
    reportingComponent: manager,
  };
}

const placeOf = ({ metadata: { name, namespace } }: KubernetesObject) => ({ name, namespace });
