import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../failure.ts';
import { writeAtomically } from '../tools/atomic-file.ts';
import { namesIn, readIfThere } from '../tools/if-there.ts';
import { cellExists, changeCell } from './file-cells.ts';
import { type Layout, secretsFolder } from './layout.ts';
import { checkKeys, checkObjectName, isObjectName } from './names.ts';
import type { CellSecrets } from './repository.ts';

type Values = Readonly<Record<string, string>>;

/** Secrets as `<cell>/<secret>.json`, 0600 in 0700 folders. */
export function openFileSecrets(layout: Layout): CellSecrets {
  return {
    async read(cell, secret) {
      return isObjectName(secret) && cellExists(layout, cell) ? readSecret(layout, cell, secret) : undefined;
    },
    async list(cell) {
      if (!cellExists(layout, cell)) return [];
      const names = namesIn(secretsFolder(layout, cell)).filter((name) => name.endsWith('.json'));
      return Promise.all(names.map((name) => listKeys(layout, cell, name.slice(0, -'.json'.length))));
    },
    set: (cell, secret, values) =>
      changeCell(layout, cell, async () => {
        checkKeys(Object.keys(values));
        const old = await readSecret(layout, cell, secret);
        const merged = Object.fromEntries([...Object.entries(old ?? {}), ...Object.entries(values)]);
        if (isDeepStrictEqual(old, merged)) return 'unchanged';
        await writeSecret(layout, cell, secret, merged);
        return old === undefined ? 'created' : 'changed';
      }),
    unset: (cell, secret, key) =>
      changeCell(layout, cell, async () => {
        const old = await readSecret(layout, cell, secret);
        if (!old || !Object.hasOwn(old, key)) return false;
        const rest = Object.fromEntries(Object.entries(old).filter(([name]) => name !== key));
        await writeSecret(layout, cell, secret, rest);
        return true;
      }),
  };
}

async function listKeys(layout: Layout, cell: string, secret: string) {
  const values = await readSecret(layout, cell, secret);
  return { secret, keys: Object.keys(values ?? {}).sort() };
}

async function readSecret(layout: Layout, cell: string, secret: string): Promise<Values | undefined> {
  const file = secretFile(layout, cell, secret);
  const text = readIfThere(file);
  return text === undefined ? undefined : parseSecret(text, file);
}

/** The parser's own message would quote the content, so it is left out. */
function parseSecret(text: string, file: string): Values {
  const values = parseJson(text);
  if (isStringMap(values)) return values;
  throw new Failure('invalid', {
    what: `${file} is not a JSON object of strings`,
    next: `Mend the file, or: rm ${file}`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isStringMap(value: unknown): value is Values {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => typeof item === 'string');
}

async function writeSecret(layout: Layout, cell: string, secret: string, values: Values): Promise<void> {
  await writeAtomically(secretFile(layout, cell, secret), `${JSON.stringify(values, null, 2)}\n`);
  for (const folder of [layout.secretsDirectory, secretsFolder(layout, cell)]) await chmod(folder, 0o700);
}

function secretFile(layout: Layout, cell: string, secret: string): string {
  return join(secretsFolder(layout, cell), `${checkObjectName('Secret', secret)}.json`);
}
