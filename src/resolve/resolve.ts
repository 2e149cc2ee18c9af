import type { CellRepository } from '../cells/repository.ts';
import type { Package } from '../manifest/manifest.ts';
import type { Port } from '../manifest/schema/transform.ts';
import type { Reach } from './address.ts';
import { findCell } from './cell-reference.ts';
import { transformVariables } from './environment-variables.ts';
import { missingKeys } from './missing-keys.ts';
import type { PackageKeys } from './package-keys.ts';
import { describePort, placeDataSets } from './ports.ts';
import type { ResolvedRun } from './run-spec.ts';
import { secretValuesOf } from './secret-values.ts';
import { resolveStores } from './stores.ts';
import { combineVariables, storeVariables, type Variable } from './variables.ts';

/** WHERE a package is to run, and what its own Stores may draw on. */
export interface Where {
  /** The deployment's cell, or undefined for the package's own `store/`. */
  readonly cell: string | undefined;
  /** Opens the cells; called only when a cell is named, by the run or by an input or output. */
  readonly cells: () => Promise<CellRepository>;
  readonly keys: PackageKeys;
  readonly reach: Reach;
  /** How dk is started here, for commands to paste; `dk` when absent. */
  readonly program?: string;
}

/** package × cell → what is to be launched. Reads, and changes nothing; all missing keys are reported at once. */
export async function resolveRun(pkg: Package, where: Where): Promise<ResolvedRun> {
  const { metadata, spec } = pkg.transform.value;
  const { program = 'dk' } = where;
  const locate = async (name: string) => findCell(await where.cells(), name, program);
  const cell = where.cell === undefined ? undefined : await locate(where.cell);
  const cellOf = async (port: Port) => (port.cell === undefined ? cell : locate(port.cell));
  const inputs = await placeDataSets(pkg, spec.inputs, cellOf);
  const outputs = await placeDataSets(pkg, spec.outputs, cellOf);
  const { stores, missing } = await resolveStores(pkg, [...inputs, ...outputs], where);
  const own = await transformVariables(spec.env ?? [], cell, where);
  const allMissing = [...missing, ...own.missing];
  if (allMissing.length > 0) throw missingKeys(allMissing, { localIsUp: where.keys.local !== undefined, program });
  const version = metadata.version ?? '0.0.0';
  return {
    package: { name: metadata.name, version, directory: pkg.directory },
    cell,
    transform: spec,
    inputs: inputs.map((port) => describePort(port, stores)),
    outputs: outputs.map((port) => describePort(port, stores)),
    stores,
    variables: variablesOf({ DK_PACKAGE: metadata.name, DK_VERSION: version, DK_CELL: cell ?? '' }, [
      ...own.variables,
      ...storeVariables(stores, cell),
    ]),
    secretValues: [...new Set([...stores.flatMap(secretValuesOf), ...own.secretValues])],
  };
}

/** What a launch adds: nobody else may set it. */
const launchVariables: readonly string[] = ['DK_RUN_ID', 'DK_RUN_SPEC'];

function variablesOf(ours: Readonly<Record<string, string>>, others: readonly Variable[]) {
  const source = 'dk itself';
  const run = Object.entries(ours).map(([name, value]) => ({ name, value, source }));
  const reserved = launchVariables.map((name) => ({ name, value: '', source }));
  const all = combineVariables([...run, ...reserved, ...others]);
  return Object.fromEntries(Object.entries(all).filter(([name]) => !launchVariables.includes(name)));
}
