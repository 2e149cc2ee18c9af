import type { GraphNode, PackageGraph } from './graph.ts';

/** One line for each way through the package's Transform, from a Store or to one. */
export function graphLines({ nodes, edges }: PackageGraph): string {
  const transform = nodes.find(({ kind }) => kind === 'transform');
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const line = (ids: readonly string[]) => ids.map((id) => labelOf(byId.get(id))).join(' → ');
  const into = edges.filter(({ to }) => to === transform?.id);
  const outOf = edges.filter(({ from }) => from === transform?.id);
  return [
    ...into.map((edge) => line([...storesBefore(edge.from, edges, byId), edge.from, edge.to])),
    ...outOf.map((edge) => line([edge.from, edge.to, ...storesAfter(edge.to, edges, byId)])),
  ].join('\n');
}

type Nodes = ReadonlyMap<string, GraphNode>;

function storesBefore(dataset: string, edges: PackageGraph['edges'], nodes: Nodes): readonly string[] {
  return edges.filter(({ from, to }) => to === dataset && nodes.get(from)?.kind === 'store').map(({ from }) => from);
}

function storesAfter(dataset: string, edges: PackageGraph['edges'], nodes: Nodes): readonly string[] {
  return edges.filter(({ from, to }) => from === dataset && nodes.get(to)?.kind === 'store').map(({ to }) => to);
}

function labelOf(node: GraphNode | undefined): string {
  if (node === undefined) return '';
  return node.detail === '' ? node.name : `${node.name} (${node.detail})`;
}

const mermaidShapes = { store: ['[("', '")]'], dataset: ['["', '"]'], transform: ['(["', '"])'] } as const;

/** A Mermaid flow chart, as GitHub renders it. */
export function graphMermaid({ nodes, edges }: PackageGraph): string {
  const numbers = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const boxes = nodes.map((node) => {
    const [open, close] = mermaidShapes[node.kind];
    return `  ${numbers.get(node.id)}${open}${labelOf(node).replaceAll('"', '#quot;')}${close}`;
  });
  const arrows = edges.map(({ from, to }) => `  ${numbers.get(from)} --> ${numbers.get(to)}`);
  return ['flowchart LR', ...boxes, ...arrows].join('\n');
}

const dotShapes = { store: 'cylinder', dataset: 'box', transform: 'ellipse' } as const;

/** A Graphviz digraph. */
export function graphDot({ nodes, edges }: PackageGraph): string {
  const boxes = nodes.map(
    (node) => `  ${quote(node.id)} [label=${quote(labelOf(node))}, shape=${dotShapes[node.kind]}];`,
  );
  const arrows = edges.map(({ from, to }) => `  ${quote(from)} -> ${quote(to)};`);
  return ['digraph package {', '  rankdir=LR;', ...boxes, ...arrows, '}'].join('\n');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
