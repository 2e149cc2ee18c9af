import { Failure } from '../../failure.ts';
import { isVersion } from '../../manifest/grammar/version.ts';

/** A package of a registry; the newest version where none is said. */
export interface NamedPackage {
  readonly name: string;
  readonly version: string | undefined;
}

/** `pg-to-s3`, `pg-to-s3:1.2.4-g29aef01`, or the folder of a package: whatever has a slash, `.` and `..`. */
export function readPackageArgument(text: string): NamedPackage | { readonly folder: string } {
  if (text === '.' || text === '..' || (text.includes('/') && !text.includes('://'))) return { folder: text };
  const [, name, version] = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?)(?::(.*))?$/.exec(text)?.filter((_, at) => at !== 2) ?? [];
  if (name === undefined || (version !== undefined && !isVersion(version))) throw malformed(text);
  return { name, version };
}

/** The name alone, for commands that take no folder and no version. */
export function readPackageName(text: string): string {
  const read = readPackageArgument(text);
  if ('folder' in read || read.version !== undefined) throw malformed(text);
  return read.name;
}

function malformed(text: string): Failure {
  return new Failure('usage', {
    what: `${JSON.stringify(text)} is no package`,
    next: [
      'Name one as pg-to-s3, or with its version as pg-to-s3:1.2.4-g29aef01',
      'Or the folder of one, as ./pg-to-s3',
    ],
  });
}
