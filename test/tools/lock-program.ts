import { readFile, writeFile } from 'node:fs/promises';
import { withLock } from '../../src/tools/lock.ts';

// A process that takes a lock; lock.test.ts starts several at once.
const [mode = '', lock = '', ...rest] = process.argv.slice(2);
const options = { command: `test ${mode}`, waitMs: 60_000, signal: new AbortController().signal, onWait: () => {} };

/** Adds one to a number in a file, with time in between for others to do the same. */
async function increment(file: string): Promise<void> {
  const count = Number(await readFile(file, 'utf8'));
  await new Promise((resolve) => setImmediate(resolve));
  await writeFile(file, String(count + 1));
}

async function count(file: string, times: number, atOnce: number): Promise<void> {
  const turns = Array.from({ length: atOnce }, async () => {
    for (let turn = 0; turn < times; turn += 1) await withLock(lock, options, () => increment(file));
  });
  await Promise.all(turns);
}

/** Holds the lock until stdin ends. */
async function hold(): Promise<void> {
  await withLock(lock, options, async () => {
    process.stdout.write('held\n');
    for await (const _ of process.stdin);
  });
}

if (mode === 'hold') await hold();
else await count(rest[0] ?? '', Number(rest[1]), Number(rest[2]));
