import { expect, test } from 'vitest';
import { below, createRandom } from '../helpers/random.ts';
import { bundleChild, startAndKill, startChild } from './child-process.ts';
import { connectTo } from './kill-client.ts';
import { Journal } from './kill-journal.ts';
import { verify } from './kill-verify.ts';
import { accepted, bucket, type Load, putSources, RefusedError, write } from './kill-writer.ts';
import { temporaryFolder } from './serving.ts';
import { expectSoundFolder } from './sound-folder.ts';

const kills = process.env['DK_TEST_EXHAUSTIVE'] ? 20 : 5;
const seed = Number(process.env['DK_TEST_SEED'] ?? Date.now() % 1_000_000);
const writers = 12;

test(`${kills} kills under load lose nothing that was acknowledged, tear nothing and leave nothing behind`, async () => {
  console.log(`kill: DK_TEST_SEED=${seed}`);
  const random = createRandom(seed);
  const program = await bundleChild();
  const dataDirectory = await temporaryFolder();
  const known = { journal: new Journal(), copies: new Map<string, string>(), nextContent: counter() };
  let total = 0;
  for (let kill = 0; kill <= kills; kill++) {
    if (kill > 0 && below(random, 3) === 0) await startAndKill(program, dataDirectory, 50 + below(random, 150));
    const child = await startChild(program, dataDirectory);
    const { send, close } = connectTo(child.port);
    const load = { ...known, send, random, acknowledged: () => undefined };
    if (kill === 0) {
      accepted(await send({ method: 'PUT', target: `/${bucket}` }));
      await putSources(load);
    }
    await expectSoundFolder(dataDirectory);
    await verify(send, known.journal);
    if (kill < kills) total += await killUnderLoad(child, load, 20 + below(random, 150), below(random, 20));
    else await child.kill();
    close();
    expect(child.log, 'what the server logged').toEqual([]);
  }
  console.log(`kill: ${total} changes were acknowledged before ${kills} kills`);
}, 300_000);

/** Kills the server so many milliseconds after so many changes; returns how many there were in all. */
async function killUnderLoad(
  child: { kill(): Promise<void> },
  load: Load,
  changes: number,
  later: number,
): Promise<number> {
  let acknowledged = 0;
  let killed: Promise<void> | undefined;
  const seen = () => {
    acknowledged += 1;
    if (acknowledged === changes) killed = new Promise((resolve) => setTimeout(() => resolve(child.kill()), later));
  };
  const ends = Array.from({ length: writers }, (_, writer) =>
    write({ ...load, random: createRandom(below(load.random, 2 ** 31)), acknowledged: seen }, writer).catch(
      (error: unknown) => {
        if (error instanceof RefusedError || killed === undefined) throw error;
      },
    ),
  );
  await Promise.all(ends);
  await killed;
  return acknowledged;
}

function counter(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count;
  };
}
