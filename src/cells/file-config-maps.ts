import { join } from 'node:path';
import { isMapping } from '../manifest/mapping.ts';
import { writeAtomically } from '../tools/atomic-file.ts';
import { readIfThere } from '../tools/if-there.ts';
import { cellExists, changeCell } from './file-cells.ts';
import { cellFolder, type Layout } from './layout.ts';
import { readManifestFolder } from './manifest-file.ts';
import { checkKeys, checkObjectName, isObjectName } from './names.ts';
import { configMapFor } from './plain-kinds.ts';
import type { CellConfigMaps } from './repository.ts';
import { sameContent } from './same.ts';

/** ConfigMaps as `configmap-<name>.yaml` beside `cell.yaml`, or in any hand-written file there. */
export function openFileConfigMaps(layout: Layout): CellConfigMaps {
  return {
    async read(cell, name) {
      if (!isObjectName(name) || !cellExists(layout, cell)) return undefined;
      return (await findConfigMap(layout, cell, name))?.values;
    },
    async list(cell) {
      if (!cellExists(layout, cell)) return [];
      return (await readConfigMaps(layout, cell)).map(({ name }) => name).sort();
    },
    apply: (cell, name, values) =>
      changeCell(layout, cell, async ({ spec }) => {
        checkObjectName('ConfigMap', name);
        checkKeys(Object.keys(values));
        const old = await findConfigMap(layout, cell, name);
        if (old && sameContent(old.values, values)) return 'unchanged';
        const wanted = configMapFor(spec.namespace, name, values);
        const { editDocument } = await import('./edit-yaml.ts');
        if (old) await writeAtomically(old.file, editDocument(old.text, { kind: 'ConfigMap', name }, wanted));
        else await addConfigMap(join(cellFolder(layout, cell), `configmap-${name}.yaml`), wanted);
        return old ? 'changed' : 'created';
      }),
  };
}

async function findConfigMap(layout: Layout, cell: string, name: string) {
  return (await readConfigMaps(layout, cell)).find((map) => map.name === name);
}

async function readConfigMaps(layout: Layout, cell: string) {
  const files = await readManifestFolder(cellFolder(layout, cell), layout.parse);
  return files.flatMap(({ file, text, others }) =>
    others
      .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'ConfigMap')
      .map(({ name, value }) => ({ name, file, text, values: stringsOf(value.data) })),
  );
}

async function addConfigMap(file: string, wanted: Readonly<Record<string, unknown>>): Promise<void> {
  const { addDocument } = await import('./edit-yaml.ts');
  const { writeManifests } = await import('../manifest/write.ts');
  await writeAtomically(file, addDocument(readIfThere(file), writeManifests(wanted)));
}

function stringsOf(data: unknown): Readonly<Record<string, string>> {
  const entries = isMapping(data) ? Object.entries(data) : [];
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}
