import { Failure } from '../../failure.ts';

const longest = 52;

/** The name itself, or a usage Failure that says which rule it breaks. */
export function checkPackageName(name: string): string {
  const broken = brokenRule(name);
  if (broken === undefined) return name;
  throw new Failure('usage', {
    what: `${JSON.stringify(name)} cannot be the name of a package`,
    why: broken,
    next: 'dk init daily-revenue makes a folder and a package of that name',
  });
}

function brokenRule(name: string): string | undefined {
  if (name.length > longest) return `it has ${name.length} characters, and ${longest} is the limit`;
  if (name.includes('--')) return 'two hyphens in a row are not allowed';
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) return undefined;
  return 'a name has lower-case letters, digits and hyphens, and begins and ends with no hyphen';
}
