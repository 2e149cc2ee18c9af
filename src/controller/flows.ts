import type { WatchedDeployment } from './observed.ts';
import type { Triggers } from './trigger.ts';
import type { Wanted } from './wanted.ts';

type DataSets = Pick<Wanted, 'inputs' | 'outputs'>;

/** Which deployments of a namespace write what others of it read. Keys are `namespace/name`. */
export interface Flows {
  /** From now on, or undefined for what is gone; true where that is news. */
  set(key: string, datasets: DataSets | undefined): boolean;
  /** The deployments that read what this one writes. */
  readersOf(key: string): readonly string[];
  /** By name of each deployment that writes an input of this one: the id of its last run, if that has succeeded. */
  producersOf(key: string, find: (key: string) => WatchedDeployment | undefined): Triggers;
}

export function createFlows(): Flows {
  const known = new Map<string, DataSets>();
  const beside = (key: string) =>
    [...known].filter(([other]) => other !== key && namespaceOf(other) === namespaceOf(key));
  return {
    set(key, datasets) {
      const before = known.get(key);
      if (datasets) known.set(key, datasets);
      else known.delete(key);
      return datasets !== undefined && before?.outputs.join() !== datasets.outputs.join();
    },
    readersOf(key) {
      const outputs = known.get(key)?.outputs ?? [];
      return beside(key).flatMap(([other, { inputs }]) => (meet(inputs, outputs) ? [other] : []));
    },
    producersOf(key, find) {
      const inputs = known.get(key)?.inputs ?? [];
      const producers = beside(key).filter(([, { outputs }]) => meet(inputs, outputs));
      return Object.fromEntries(producers.flatMap(([other]) => lastSuccess(find(other))));
    },
  };
}

function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

function meet(some: readonly string[], others: readonly string[]): boolean {
  return some.some((name) => others.includes(name));
}

function lastSuccess(deployment: WatchedDeployment | undefined): readonly (readonly [string, string])[] {
  const lastRun = deployment?.status?.lastRun;
  return deployment && lastRun?.status === 'Succeeded' ? [[deployment.metadata.name, lastRun.id]] : [];
}
