import { join } from 'node:path';
import type { Context } from '../context.ts';
import { openParseMemory, type Parse } from '../tools/parse-memory.ts';
import { environmentDirectory } from './state.ts';

/** What an environment remembers of manifests; it goes with the environment. */
export function parseMemory(context: Pick<Context, 'env'>, environment: string): Parse {
  return openParseMemory(join(environmentDirectory(context, environment), 'parsed'));
}
