const healthyMs = 60_000;
const firstRetryMs = 1_000;
/** A fifth more or less, so that the Stores of one server are not asked all at once for ever. */
const jitter = 0.2;

/** Milliseconds until a Store is connected to again, after so many failures in a row; `random` is from 0 to 1. */
export function nextProbeMs(failures: number, random: number): number {
  const base = failures === 0 ? healthyMs : Math.min(healthyMs, firstRetryMs * 2 ** (failures - 1));
  return Math.round(base * (1 - jitter + 2 * jitter * random));
}
