import { describe, expect, it } from 'vitest';
import { nextProbeMs } from '../../../src/controller/stores/next-probe.ts';

describe('a Store is connected to again', () => {
  it('after a minute, a fifth more or less', () => {
    expect([0, 0.5, 1].map((random) => nextProbeMs(0, random))).toEqual([48_000, 60_000, 72_000]);
  });

  it('soon after a failure, then ever more seldom, and at least every minute', () => {
    const waits = [1, 2, 3, 6, 7, 50, 5000].map((failures) => nextProbeMs(failures, 0.5));
    expect(waits).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
  });
});
