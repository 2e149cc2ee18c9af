import { Failure } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import { Transform } from '../manifest/schema/transform.ts';
import { type Finding, validate } from '../manifest/validate.ts';
import { withSettings } from './setting.ts';

/** The package with `--set path=value` put into its Transform's spec, as `helm --set` writes paths; usage Failure if that is not valid. */
export function applySettings(pkg: Package, settings: readonly string[]): Package {
  if (settings.length === 0) return pkg;
  const { value: written } = pkg.transform;
  const spec = withSettings(written.spec, settings, (changed) =>
    errorsIn({ ...written, spec: changed }).map(({ path }) => path.slice(1)),
  );
  const value = { ...written, spec };
  const findings = errorsIn(value);
  if (findings.length === 0) return { ...pkg, transform: { ...pkg.transform, value } };
  throw new Failure('usage', {
    what: '--set makes an invalid Transform',
    why: findings.map(({ path, message }) => `${path.join('.')}: ${message}`),
  });
}

function errorsIn(transform: Transform): readonly Finding[] {
  return validate(Transform, transform).filter(({ severity }) => severity === 'error');
}
