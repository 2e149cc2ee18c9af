import { Failure } from '../failure.ts';

/** A value that was found nowhere. */
export interface MissingValue {
  /** Who needs it: `Store warehouse`, `variable TOKEN`. */
  readonly owner: string;
  readonly field: string;
  readonly key: string;
  /** The Secret of the cell in which it could be set. */
  readonly secret?: string;
  readonly cell: string | undefined;
  readonly lookedAt: readonly string[];
}

interface Circumstances {
  /** Whether the local environment is up. */
  readonly localIsUp: boolean;
  readonly program: string;
}

/** All that is missing in one Failure, with every place that was looked at, and what to do. */
export function missingKeys(missing: readonly MissingValue[], { localIsUp, program }: Circumstances): Failure {
  const ofPackage = missing.filter(({ cell }) => cell === undefined);
  const down = ofPackage.length > 0 && !localIsUp;
  const owners = [...new Set(missing.map(({ owner }) => owner))];
  const keys = [...new Set(ofPackage.map(({ key }) => key))];
  return new Failure(down ? 'prerequisite' : 'notFound', {
    what: `${missing.length === 1 ? 'A key' : `${missing.length} keys`} of ${owners.join(', ')} cannot be resolved`,
    why: missing.map(
      ({ owner, field, key, lookedAt }) => `\${${key}} (${owner}, ${field}): looked at ${lookedAt.join('; ')}`,
    ),
    next: [
      ...(down ? [`${program} dev up`] : []),
      ...(ofPackage.length > 0
        ? [`${down ? 'Or set' : 'Set'} ${keys.join(', ')} in the environment or in the package's .env`]
        : []),
      ...new Set(missing.flatMap((value) => inCell(value, program))),
    ],
  });
}

function inCell({ cell, secret, key }: MissingValue, program: string): readonly string[] {
  return cell === undefined || secret === undefined
    ? []
    : [`${program} cell secret set ${secret} ${key} --cell ${cell}`];
}
