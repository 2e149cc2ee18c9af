import type { StoreCheck } from '../../data/check-store.ts';
import type { Store } from '../../manifest/schema/store.ts';
import { nestedFields } from '../../resolve/store.ts';
import { type Condition, type Judgement, toConditions } from '../condition.ts';
import type { Served } from '../watch.ts';

type Status = NonNullable<Store['status']>;

/** The status of a Store after somebody connected to it, or tried; the very one that it has where it says the same. */
export function judgeStore(store: Served<Store>, check: StoreCheck, now: Date): Status {
  const valid = judgeManifest(store);
  const ready = valid.status === 'True' ? judgeConnection(check) : invalid(valid);
  const { generation } = store.metadata;
  const judged = generation === undefined ? {} : { observedGeneration: generation };
  const judgements = [ready, valid].map((judgement) => ({ ...judgement, ...judged }));
  const conditions = [...toConditions(judgements, store.status?.conditions, now)];
  const wanted: Status = { ...(ready.status !== 'Unknown' && { ready: ready.status === 'True' }), conditions };
  return store.status && saysTheSame(store.status, wanted) ? store.status : wanted;
}

/** Whether its status is the controller's word on what it says now. */
export function isJudged({ metadata, status }: Served<Store>): boolean {
  const ready = readyOf(status);
  return ready?.observedGeneration !== undefined && ready.observedGeneration === metadata.generation;
}

export function readyOf(status: Status | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

/** What no schema of a cluster's can say. */
function judgeManifest({ spec }: Store): Judgement {
  const [nested] = nestedFields(spec);
  if (nested === undefined) return { type: 'Valid', status: 'True', reason: 'Valid', message: 'it can be used' };
  const message = `connection.${nested} must be a string, a number or a boolean`;
  return { type: 'Valid', status: 'False', reason: 'NestedConnection', message };
}

const invalid = ({ message }: Judgement): Judgement => ({ type: 'Ready', status: 'False', reason: 'Invalid', message });

type Stage = Extract<StoreCheck, { ok: false }>['stage'];

const reasons: Readonly<Record<Stage, string>> = {
  secret: 'SecretMissing',
  address: 'AddressInvalid',
  name: 'NameNotFound',
  port: 'NothingListens',
  timeout: 'TimedOut',
  tls: 'TlsFailed',
  starting: 'ServerStarting',
  login: 'LoginRefused',
  database: 'DatabaseRefused',
  bucket: 'BucketRefused',
  server: 'ServerFailed',
};

function judgeConnection(check: StoreCheck): Judgement {
  const type = 'Ready';
  switch (check.ok) {
    case true: {
      const version = check.version === undefined ? '' : `, version ${check.version}`;
      return {
        type,
        status: 'True',
        reason: 'Connected',
        message: `connected in ${readable(check.latencyMs)}${version}`,
      };
    }
    case false:
      return { type, status: 'False', reason: reasons[check.stage], message: check.reason };
    case undefined:
      return { type, status: 'Unknown', reason: 'NotSpoken', message: check.reason };
  }
}

const readable = (milliseconds: number) => `${Math.max(1, Math.round(milliseconds))} ms`;

function saysTheSame(one: Status, other: Status): boolean {
  const [before, after] = [one.conditions ?? [], other.conditions ?? []];
  return (
    one.ready === other.ready &&
    before.length === after.length &&
    after.every((condition) => before.some((each) => isSameCondition(each, condition)))
  );
}

function isSameCondition(one: Condition, other: Condition): boolean {
  return (
    one.type === other.type &&
    one.status === other.status &&
    one.reason === other.reason &&
    one.observedGeneration === other.observedGeneration &&
    isSameMessage(one.message, other.message)
  );
}

/**
 * A latency that is told anew each time would be a write each time, and a busy node makes every probe slower for a while:
 * only what takes seconds, and has become several times as much, is news.
 */
const manyTimes = 5;
const fewMs = 1000;

function isSameMessage(one: string, other: string): boolean {
  const numbers = /\d+/g;
  if (one.replaceAll(numbers, '#') !== other.replaceAll(numbers, '#')) return false;
  const others = other.match(numbers) ?? [];
  return (one.match(numbers) ?? []).every((text, index) => isNear(Number(text), Number(others[index])));
}

function isNear(one: number, other: number): boolean {
  return Math.max(one, other) <= Math.max(fewMs, Math.min(one, other) * manyTimes);
}
