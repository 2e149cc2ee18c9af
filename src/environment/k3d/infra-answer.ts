import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../failure.ts';

/** What `checkPostgres` and `checkS3` give. */
export type Answer = { readonly ok: true } | { readonly ok: false; readonly stage: string; readonly reason: string };

export interface AnswerOptions {
  readonly timeoutMs: number;
  readonly say: (why: string) => void;
  readonly signal: AbortSignal;
}

/** Nobody speaks there yet; any other stage is a server's own word. */
const silent: ReadonlySet<string> = new Set(['port', 'timeout', 'starting']);

/**
 * Asks a shared server again and again until it says anything, be it no: a node port leads to a pod only a moment after the
 * pod is ready. A stillStarting Failure when the time is up.
 */
export async function waitForAnswer<Checked extends Answer>(
  server: string,
  check: () => Promise<Checked>,
  { timeoutMs, say, signal }: AnswerOptions,
): Promise<Checked> {
  const begin = performance.now();
  for (let told = false; ; ) {
    const answer = await check();
    if (answer.ok || !silent.has(answer.stage)) return answer;
    const waited = performance.now() - begin;
    if (waited > timeoutMs) {
      const what = `The shared ${server} server did not answer within ${timeoutMs / 1000} s`;
      throw new Failure('stillStarting', { what, why: answer.reason });
    }
    if (!told && waited > 1000) {
      say(`waiting until ${server} answers: ${answer.reason}`);
      told = true;
    }
    await pause(50, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
