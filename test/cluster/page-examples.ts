import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from '../helpers/dk.ts';

/** The Cell of the page "Cells & Stores", as it stands there. */
export const pageCell = `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Cell
metadata:
  name: canary
spec:
  namespace: dk-canary              # k8s namespace for Jobs/Deployments
  labels:
    tier: canary
    region: us-east-1
status:
  ready: true
  storeCount: 2
  packageCount: 3
`;

/** The Store of the page, as it stands there. */
export const pageStore = `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Store
metadata:
  name: warehouse
  namespace: dk-canary               # belongs to cell:canary
spec:
  connector: postgres
  connection:
    connection_string: "postgresql://canary-db:5432/dk_canary"
  secrets:
    password: \${PG_PASS}             # resolved from k8s Secret
`;

/** Where the page's table says that the Store warehouse of a cell points. */
export const pageTargets = {
  local: 'postgresql://localhost:5432/dp_local',
  canary: 'postgresql://canary-db:5432/dk_canary',
  stable: 'postgresql://prod-db:5432/dp_stable',
} as const;

/** The page's Cell or Store for another cell. */
export function forCell(cell: 'canary' | 'stable', text: string): string {
  return text.replace(pageTargets.canary, pageTargets[cell]).replaceAll('canary', cell);
}

/** The page's GitOps layout with the cells canary and stable, in the page's own words; gives the folder. */
export function writePlatformRepository(directory: string): string {
  for (const cell of ['canary', 'stable'] as const) {
    const lake = forCell(cell, pageStore).replace('name: warehouse', 'name: lake-raw');
    writeFiles(directory, {
      [`platform-repo/cells/${cell}/cell.yaml`]: forCell(cell, pageCell),
      [`platform-repo/cells/${cell}/stores/warehouse.yaml`]: forCell(cell, pageStore),
      [`platform-repo/cells/${cell}/stores/lake-raw.yaml`]: lake,
    });
  }
  return join(directory, 'platform-repo');
}

/**
 * A package whose store/ says what the page says of cell:local; its connector is called as no connector of a cluster is.
 * It tells which cell it ran in, and on what database.
 */
export function writeProbePackage(directory: string, name: string): string {
  const head = (kind: string, named: string) =>
    `apiVersion: datakit.infoblox.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${named} }\n`;
  const folder = join(directory, name);
  writeFiles(folder, {
    'dk.yaml': `${head('Transform', name)}spec:
  runtime: generic-node
  inputs: [{ dataset: events }]
  outputs: [{ dataset: events }]
`,
    'connector/acme.yaml': `${head('Connector', 'acme')}spec: { type: postgres, provider: postgres, capabilities: [source, destination] }\n`,
    'dataset/events.yaml': `${head('DataSet', 'events')}spec: { store: warehouse, table: page_events, classification: public }\n`,
    'store/warehouse.yaml': `${head('Store', 'warehouse')}spec: { connector: acme, connection: { connection_string: "${pageTargets.local}" } }\n`,
    'src/main.mjs': `const { pathname } = new URL(process.env.DK_STORE_DSN_WAREHOUSE);
console.log(JSON.stringify({ package: process.env.DK_PACKAGE, cell: process.env.DK_CELL, database: pathname.slice(1) }));
`,
  });
  return folder;
}

/** The page's cross-cell Transform, with the code of the example that does such a job. */
export function writeCrossCellPackage(directory: string): string {
  const folder = join(directory, 'cross-cell');
  cpSync(join(repository, 'examples/pull-from-canary'), folder, {
    recursive: true,
    filter: (path) => !/node_modules|dk\.yaml$|dataset/.test(path.slice(repository.length)),
  });
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  const dataset = (name: string, table: string, more = '') => `apiVersion: datakit.infoblox.dev/v1alpha1
kind: DataSet
metadata:
  name: ${name}
spec:
  store: warehouse
  table: ${table}
  classification: public
  schema:
    - { name: event_id, type: text }
    - { name: magnitude, type: double precision }
${more}`;
  const seed = '  dev: { seed: { inline: [{ event_id: from-us-east, magnitude: 6.1 }] } }\n';
  writeFiles(folder, {
    'dk.yaml': `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Transform
metadata:
  name: cross-cell
spec:
  runtime: generic-node
  inputs:
    - dataset: raw-events
      cell: cell-us-east          # read from us-east cell
  outputs:
    - dataset: processed-events   # write to deployment cell (default)
`,
    'dataset/raw-events.yaml': dataset('raw-events', 'raw_events', seed),
    'dataset/processed-events.yaml': dataset('processed-events', 'processed_events'),
  });
  return folder;
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
