import { apiVersion } from './api-version.ts';
import { schemas } from './kinds.ts';
import { type SchemaNode, schemaNode } from './schema/node.ts';
import { structuralSchema } from './structural-schema.ts';
import { writeManifests } from './write.ts';

interface Column {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'integer' | 'date';
  readonly jsonPath: string;
}

interface CustomResource {
  readonly kind: 'Cell' | 'Store' | 'PackageDeployment';
  readonly plural: string;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly shortNames?: readonly string[];
  readonly columns: readonly Column[];
}

const ready = { name: 'Ready', type: 'boolean', jsonPath: '.status.ready' } as const;
const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' } as const;

/** The kinds that live in a cluster, as `kubectl get` shows them. */
export const customResources: readonly CustomResource[] = [
  {
    kind: 'Cell',
    plural: 'cells',
    scope: 'Cluster',
    columns: [
      { name: 'Namespace', type: 'string', jsonPath: '.spec.namespace' },
      ready,
      { name: 'Stores', type: 'integer', jsonPath: '.status.storeCount' },
      { name: 'Packages', type: 'integer', jsonPath: '.status.packageCount' },
      age,
    ],
  },
  {
    kind: 'Store',
    plural: 'stores',
    scope: 'Namespaced',
    columns: [{ name: 'Connector', type: 'string', jsonPath: '.spec.connector' }, ready, age],
  },
  {
    kind: 'PackageDeployment',
    plural: 'packagedeployments',
    scope: 'Namespaced',
    shortNames: ['pkgd', 'pd'],
    columns: [
      { name: 'Package', type: 'string', jsonPath: '.spec.package.name' },
      { name: 'Version', type: 'string', jsonPath: '.spec.package.version' },
      { name: 'Cell', type: 'string', jsonPath: '.spec.cell' },
      { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
      age,
    ],
  },
];

/** The CustomResourceDefinition of one kind, as YAML that `kubectl apply` accepts. */
export function crdYaml(resource: CustomResource): string {
  const [group, version] = apiVersion.split('/');
  return writeManifests({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${resource.plural}.${group}`, labels: { 'app.kubernetes.io/managed-by': 'dk' } },
    spec: {
      group,
      scope: resource.scope,
      names: namesOf(resource),
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: resourceSchema(schemaNode(schemas[resource.kind])) },
          subresources: { status: {} },
          additionalPrinterColumns: resource.columns,
        },
      ],
    },
  });
}

function namesOf({ kind, plural, shortNames }: CustomResource) {
  return { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), ...(shortNames && { shortNames }) };
}

/** The API server checks apiVersion, kind and most of metadata itself and lets a schema say nothing but what a name may be. */
function resourceSchema({ description, properties = {}, required = [] }: SchemaNode) {
  const { spec = {}, status = {}, metadata } = properties;
  const name = metadata?.properties?.name ?? {};
  return {
    description,
    type: 'object',
    required: required.filter((field) => field === 'spec'),
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object', properties: { name: structuralSchema(name) } },
      spec: structuralSchema(spec),
      status: structuralSchema(status),
    },
  };
}
