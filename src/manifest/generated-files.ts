import { crdYaml, customResources } from './crd.ts';
import { jsonSchema } from './json-schema.ts';
import { kindNames } from './kinds.ts';
import type { Kinds } from './manifest.ts';

/** Every file of the project that is made from the schemas; `npm run generate` writes them. */
export function generatedFiles(): readonly { readonly path: string; readonly text: string }[] {
  return [
    ...customResources.map((resource) => ({
      path: `infra-manifests/crds/${resource.plural}.yaml`,
      text: crdYaml(resource),
    })),
    ...kindNames.map((kind) => ({ path: `infra-manifests/schemas/${fileName(kind)}.json`, text: jsonSchema(kind) })),
  ];
}

/** `PackageDeployment` → `package-deployment`, but `DataSet` → `dataset` as in the folder's name. */
function fileName(kind: keyof Kinds): string {
  return kind
    .replace('DataSet', 'Dataset')
    .replaceAll(/(?<=[a-z])[A-Z]/g, '-$&')
    .toLowerCase();
}
