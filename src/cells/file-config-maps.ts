import { join } from 'node:path';
import { isMapping } from '../manifest/mapping.ts';
import { writeManifests } from '../manifest/write.ts';
import { writeAtomically } from './atomic-file.ts';
import { addDocument, editDocument } from './edit-yaml.ts';
import { cellExists, changeCell } from './file-cells.ts';
import { cellFolder, type Layout } from './layout.ts';
import { readManifestFolder } from './manifest-file.ts';
import { readIfThere } from './missing.ts';
import { checkKeys, checkObjectName, isObjectName } from './names.ts';
import type { CellConfigMaps } from './repository.ts';
import { sameContent } from './same.ts';

/** ConfigMaps as `configmap-<name>.yaml` beside `cell.yaml`, or in any hand-written file there. */
export function openFileConfigMaps(layout: Layout): CellConfigMaps {
  return {
    async read(cell, name) {
      if (!isObjectName(name) || !(await cellExists(layout, cell))) return undefined;
      return (await findConfigMap(layout, cell, name))?.values;
    },
    apply: (cell, name, values) =>
      changeCell(layout, cell, async ({ spec }) => {
        checkObjectName('ConfigMap', name);
        checkKeys(Object.keys(values));
        const old = await findConfigMap(layout, cell, name);
        if (old && sameContent(old.values, values)) return 'unchanged';
        const metadata = { name, namespace: spec.namespace };
        const wanted = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: values };
        if (old) await writeAtomically(old.file, editDocument(old.text, { kind: 'ConfigMap', name }, wanted), 0o600);
        else await addConfigMap(join(cellFolder(layout, cell), `configmap-${name}.yaml`), wanted);
        return old ? 'changed' : 'created';
      }),
  };
}

async function findConfigMap(layout: Layout, cell: string, name: string) {
  for (const { file, text, others } of await readManifestFolder(cellFolder(layout, cell))) {
    const found = others.find((other) => other.kind === 'ConfigMap' && other.name === name);
    if (found) return { file, text, values: stringsOf(found.value.data) };
  }
  return undefined;
}

async function addConfigMap(file: string, wanted: Readonly<Record<string, unknown>>): Promise<void> {
  await writeAtomically(file, addDocument(await readIfThere(file), writeManifests(wanted)), 0o600);
}

function stringsOf(data: unknown): Readonly<Record<string, string>> {
  const entries = isMapping(data) ? Object.entries(data) : [];
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}
