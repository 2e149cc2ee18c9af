import type { Context } from '../context.ts';
import { printText } from '../report/result.ts';
import { version } from '../version.ts';

/** `dk version`. */
export function printVersion(context: Context): Promise<void> {
  return printText(context, `${version}\n`);
}
