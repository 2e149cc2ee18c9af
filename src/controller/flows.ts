import type { WatchedDeployment } from './observed.ts';
import type { Triggers } from './trigger.ts';
import type { Wanted } from './wanted.ts';

type DataSets = Pick<Wanted, 'inputs' | 'outputs'>;

/** Which deployments of a namespace write what others of it read. Keys are `namespace/name`. */
export interface Flows {
  /** From now on, or undefined for what is gone; true where something else is written than before. */
  set(key: string, datasets: DataSets | undefined): boolean;
  /** The deployments that read what this one writes. */
  readersOf(key: string): readonly string[];
  /** By name of each deployment that writes an input of this one: the id of its last run, if that has succeeded. */
  producersOf(key: string, find: (key: string) => WatchedDeployment | undefined): Triggers;
}

export function createFlows(): Flows {
  const namespaces = new Map<string, Map<string, DataSets>>();
  const beside = (key: string) => namespaces.get(namespaceOf(key)) ?? new Map<string, DataSets>();
  const others = (key: string, fits: (other: DataSets) => boolean) =>
    [...beside(key)].flatMap(([other, datasets]) => (other !== key && fits(datasets) ? [other] : []));
  return {
    set(key, datasets) {
      const here = beside(key);
      const before = here.get(key);
      if (datasets) here.set(key, datasets);
      else here.delete(key);
      if (here.size > 0) namespaces.set(namespaceOf(key), here);
      else namespaces.delete(namespaceOf(key));
      return datasets !== undefined && before?.outputs.join() !== datasets.outputs.join();
    },
    readersOf(key) {
      const written = beside(key).get(key)?.outputs ?? [];
      return others(key, ({ inputs }) => meet(inputs, written));
    },
    producersOf(key, find) {
      const read = beside(key).get(key)?.inputs ?? [];
      const producers = others(key, ({ outputs }) => meet(outputs, read));
      return Object.fromEntries(producers.flatMap((producer) => lastSuccess(find(producer))));
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
