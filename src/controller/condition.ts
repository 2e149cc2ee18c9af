/** One entry of a status's conditions. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
  readonly lastTransitionTime: string;
  /** The generation that was judged. */
  readonly observedGeneration?: number;
}

/** What is said of a resource, before it is known since when. */
export type Judgement = Omit<Condition, 'lastTransitionTime'>;

const longestMessage = 1000;

/** Conditions with the time since when each of them holds: a time that moved with every look would make every look a write. */
export function toConditions(
  judgements: readonly Judgement[],
  before: readonly Condition[] | undefined,
  now: Date,
): readonly Condition[] {
  return judgements.map((judgement) => {
    const old = before?.find(({ type }) => type === judgement.type);
    return {
      ...judgement,
      message: judgement.message.slice(0, longestMessage),
      lastTransitionTime: old?.status === judgement.status ? old.lastTransitionTime : timeText(now),
    };
  });
}

/** As Kubernetes writes times: ISO 8601 to the second. */
export function timeText(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
