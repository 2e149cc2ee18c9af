import { stringify } from 'yaml';
import { apiVersion } from '../../src/manifest/api-version.ts';
import type { PackageDeployment } from '../../src/manifest/schema/package-deployment.ts';
import type { Transform } from '../../src/manifest/schema/transform.ts';

interface Wish {
  readonly name?: string;
  readonly namespace?: string;
  readonly annotations?: Record<string, string>;
  readonly version?: string;
  /** Changes of `spec` in dk.yaml. */
  readonly transform?: Partial<Transform['spec']>;
  /** Changes of the deployment's own `spec`. */
  readonly spec?: Partial<PackageDeployment['spec']>;
}

/** A deployment of a package that reads `orders` and writes `revenue`, both in Store `warehouse`; it does nothing. */
export function deploymentWith({
  name = 'revenue',
  namespace = 'dk-canary',
  annotations,
  version = '1.0.0',
  transform = {},
  spec = {},
}: Wish = {}): PackageDeployment {
  return {
    apiVersion,
    kind: 'PackageDeployment',
    metadata: { name, namespace, ...(annotations && { annotations }) },
    spec: {
      package: { name, version },
      cell: 'canary',
      image: 'busybox:1.37',
      manifests: {
        'dk.yaml': stringify({ apiVersion, kind: 'Transform', metadata: { name }, spec: { ...nothing, ...transform } }),
        'dataset/all.yaml': ['orders', 'revenue', 'report'].map(dataSet).join('---\n'),
      },
      ...spec,
    },
  };
}

const nothing = {
  runtime: 'generic-node',
  inputs: [{ dataset: 'orders' }],
  outputs: [{ dataset: 'revenue' }],
  command: ['true'],
};

function dataSet(name: string): string {
  return stringify({ apiVersion, kind: 'DataSet', metadata: { name }, spec: { store: 'warehouse', table: name } });
}
