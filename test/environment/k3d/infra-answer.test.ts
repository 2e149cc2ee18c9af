import { describe, expect, it } from 'vitest';
import { type Answer, waitForAnswer } from '../../../src/environment/k3d/infra-answer.ts';

const options = { timeoutMs: 10_000, say: () => {}, signal: new AbortController().signal };
const silence: Answer = { ok: false, stage: 'port', reason: 'connection refused' };
const answering = (...answers: readonly Answer[]) => {
  const left = [...answers];
  return async () => left.shift() ?? expect.fail('asked too often');
};

describe('waiting for a server', () => {
  it.each<Answer>([
    { ok: true },
    { ok: false, stage: 'login', reason: 'refused' },
  ])('ends with its first word, be it yes or no: %o', async (word) => {
    expect(await waitForAnswer('postgres', answering(silence, silence, word), options)).toEqual(word);
  });

  it('ends in time, with the reason', async () => {
    const waiting = waitForAnswer('postgres', async () => silence, { ...options, timeoutMs: 100 });
    await expect(waiting).rejects.toMatchObject({ kind: 'stillStarting', why: ['connection refused'] });
  });

  it('ends when dk is interrupted', async () => {
    const stop = new AbortController();
    const waiting = waitForAnswer('postgres', async () => silence, { ...options, signal: stop.signal });
    stop.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });
});
