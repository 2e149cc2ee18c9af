import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestContext } from '../helpers/context.ts';

/** A context whose state lies in a temporary folder, which `close` removes. */
export async function openTemporaryState() {
  const root = await mkdtemp(join(tmpdir(), 'dk-state-'));
  const { context } = createTestContext({ env: { XDG_STATE_HOME: root } });
  return { root, context, close: () => rm(root, { recursive: true }) };
}

export type TemporaryState = Awaited<ReturnType<typeof openTemporaryState>>;
