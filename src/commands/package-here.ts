import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import type { Package } from '../manifest/manifest.ts';
import { loadPackage } from '../package/load.ts';
import { rememberingOptions } from './read-options.ts';

/** The package in the current directory, if there is one; of one with errors only that is told. */
export async function packageHere(
  context: Context,
  environment: string,
  tell: (line: string) => void,
): Promise<Package | undefined> {
  const present = await access(join(context.cwd, 'dk.yaml')).then(
    () => true,
    () => false,
  );
  if (!present) return undefined;
  const { package: pkg, problems } = await loadPackage(context.cwd, await rememberingOptions(context, environment));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (!pkg)
    tell(
      `the package here has ${errors} ${errors === 1 ? 'error' : 'errors'}, so its Stores are left out: ${context.program} lint`,
    );
  return pkg;
}
