import { isPlaceholder } from './placeholders.ts';
import type { ResolvedStore } from './run-spec.ts';

/** Every secret value of a Store, those inside its URLs too; what it must never be printed with. A key without a value is none. */
export function secretValuesOf({ fields, secretFields, dsn }: ResolvedStore): readonly string[] {
  const named = secretFields.filter((name) => !isLoginName(name)).flatMap((name) => fields[name] ?? []);
  const inUrls = [...Object.values(fields), dsn ?? ''].flatMap(passwordsIn);
  return [...new Set([...named, ...inUrls])].filter((value) => value !== '' && !isPlaceholder(value));
}

/** A login's name is no secret, and blanking out `dp_local` would blank out the database too. */
export function isLoginName(field: string): boolean {
  return ['username', 'user'].includes(field);
}

/** The password of a URL, encoded and not; also one in its query, as libpq has it. */
function passwordsIn(text: string): readonly string[] {
  if (!URL.canParse(text)) return [];
  const url = new URL(text);
  return [url.password, decode(url.password), ...url.searchParams.getAll('password')];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
