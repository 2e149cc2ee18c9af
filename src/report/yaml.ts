// A file of its own for a lazy chunk: imported dynamically, a bundled CommonJS package has no named exports.
import { stringify } from 'yaml';

/** Plain data as YAML, without the last newline. */
export function yamlText(data: unknown): string {
  return stringify(data, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd();
}
