import { arch, platform } from 'node:os';
import { versions } from 'node:process';
import type { Context } from '../context.ts';
import { type OutputFormat, printResult } from '../report/result.ts';
import { version } from '../version.ts';

declare const DK_BUILD_COMMIT: string | undefined;

/** `dk version`; for programs also what it was built from, where the build knew, and what it runs on. */
export async function printVersion(context: Context, { output }: { readonly output: OutputFormat }): Promise<void> {
  const commit = typeof DK_BUILD_COMMIT === 'string' ? DK_BUILD_COMMIT : null;
  const data = { version, commit, node: versions.node, platform: platform(), arch: arch() };
  await printResult(context, output, { kind: 'Version', data, table: () => version });
}
