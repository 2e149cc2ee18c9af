import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';

/** `spec.image` with each `${VAR}` from the environment; undefined where the Transform names none. */
export function specImage({ env }: Pick<Context, 'env'>, image: string | undefined): string | undefined {
  const missing: string[] = [];
  const reference = image?.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => {
    const value = env[name];
    if (!value) missing.push(name);
    return value ?? '';
  });
  if (missing.length === 0) return reference;
  throw new Failure('invalid', {
    what: `spec.image is ${image}, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
    next: missing.map((name) => `export ${name}=…`),
  });
}
