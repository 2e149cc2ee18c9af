import type { Package } from '../manifest/manifest.ts';
import { type PortSummary, summarize } from './summary.ts';

/** What flows through a package: Stores → DataSets → Transform → DataSets → Stores. */
export interface PackageGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export interface GraphNode {
  readonly id: string;
  readonly kind: 'store' | 'dataset' | 'transform';
  readonly name: string;
  /** Connector, place or runtime; empty where nothing is known. */
  readonly detail: string;
}

/** The graph of a package; each Store and DataSet of one cell is one node, however often it is used. */
export function graphOf(pkg: Package): PackageGraph {
  const { name, runtime, inputs, outputs } = summarize(pkg);
  const transform: GraphNode = { id: `transform/${name}`, kind: 'transform', name, detail: runtime };
  const nodes = [...inputs.flatMap(nodesOf), transform, ...outputs.flatMap(nodesOf)];
  const edges = [
    ...inputs.flatMap((port) => pathOf([...nodesOf(port), transform])),
    ...outputs.flatMap((port) => pathOf([transform, ...[...nodesOf(port)].reverse()])),
  ];
  return {
    nodes: [...new Map(nodes.map((node) => [node.id, node])).values()],
    edges: [...new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge])).values()],
  };
}

/** The Store, where it is known, and the DataSet in it. */
function nodesOf({ dataset, store, connector, place, cell }: PortSummary): readonly GraphNode[] {
  const within = cell === null ? '' : `${cell}/`;
  const data: GraphNode = {
    id: `dataset/${within}${dataset}`,
    kind: 'dataset',
    name: within + dataset,
    detail: place ?? '',
  };
  if (store === null) return [data];
  return [{ id: `store/${within}${store}`, kind: 'store', name: within + store, detail: connector ?? '' }, data];
}

function pathOf(nodes: readonly GraphNode[]): PackageGraph['edges'] {
  return nodes.slice(1).map((to, index) => ({ from: nodes[index]?.id ?? '', to: to.id }));
}
