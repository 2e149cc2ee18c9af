import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { graphOf, type PackageGraph } from '../package/graph.ts';
import { graphDot, graphLines, graphMermaid } from '../package/graph-text.ts';
import { loadValidPackage } from '../package/load.ts';
import { printResult } from '../report/result.ts';

interface GraphOptions {
  /** The current directory by default. */
  readonly directory?: string | undefined;
  readonly output: 'text' | 'mermaid' | 'dot' | 'json';
}

/** `dk graph`: what flows through a package. */
export async function graph(context: Context, { directory = '.', output }: GraphOptions): Promise<void> {
  const graph = graphOf(await loadValidPackage(resolve(context.cwd, directory), { cwd: context.cwd }));
  await printResult(context, output === 'json' ? 'json' : 'table', {
    kind: 'PackageGraph',
    data: { ...graph },
    table: () => draw(graph, output),
  });
}

function draw(graph: PackageGraph, output: GraphOptions['output']): string {
  switch (output) {
    case 'mermaid':
      return graphMermaid(graph);
    case 'dot':
      return graphDot(graph);
    case 'text':
    case 'json':
      return graphLines(graph);
  }
}
