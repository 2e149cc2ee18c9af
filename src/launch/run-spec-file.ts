import type { ResolvedPort, ResolvedRun } from '../resolve/run-spec.ts';

/** The content of the file that `DK_RUN_SPEC` names: what a package reads and writes, and how to get there. */
export function formatRunSpec(id: string, run: ResolvedRun): string {
  const { name, version } = run.package;
  const shape = {
    run: id,
    package: name,
    version,
    cell: run.cell ?? null,
    inputs: run.inputs.map((port) => describePort(port, run)),
    outputs: run.outputs.map((port) => describePort(port, run)),
  };
  return `${JSON.stringify(shape, null, 2)}\n`;
}

function describePort(port: ResolvedPort, run: ResolvedRun) {
  const store = run.stores.find(({ name, cell }) => name === port.store && cell === port.cell);
  if (!store) throw new Error(`the resolved run has no Store ${port.store} for the dataset ${port.dataset}`);
  return { ...port, cell: port.cell ?? null, dsn: store.dsn, fields: store.fields };
}
