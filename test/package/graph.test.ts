import { expect, test } from 'vitest';
import { graph } from '../../src/commands/graph.ts';
import { recordingContext } from '../lint/context.ts';
import { fixture, temporaryFolder } from '../lint/temporary.ts';

async function drawn(folder: string, output: Parameters<typeof graph>[1]['output']): Promise<string> {
  const { context, stdout } = recordingContext(folder);
  await graph(context, { output });
  return stdout();
}

test('each way through a package is one line', async () => {
  expect(
    await drawn(fixture('good-node'), 'text'),
  ).toBe(`warehouse (postgres) → orders (table orders) → good-node (generic-node)
good-node (generic-node) → revenue (prefix revenue/) → lake-raw (s3)
`);
});

test('the graph is a Mermaid flow chart', async () => {
  expect(await drawn(fixture('good-node'), 'mermaid')).toBe(`flowchart LR
  n0[("warehouse (postgres)")]
  n1["orders (table orders)"]
  n2(["good-node (generic-node)"])
  n3[("lake-raw (s3)")]
  n4["revenue (prefix revenue/)"]
  n0 --> n1
  n1 --> n2
  n2 --> n4
  n4 --> n3
`);
});

test('the graph is a Graphviz digraph', async () => {
  const dot = await drawn(fixture('good-node'), 'dot');
  expect(dot).toContain('  "store/warehouse" [label="warehouse (postgres)", shape=cylinder];\n');
  expect(dot).toContain('  "store/warehouse" -> "dataset/orders";\n');
  expect(dot.startsWith('digraph package {\n')).toBe(true);
  expect(dot.endsWith('}\n')).toBe(true);
});

test('a Store of another cell is a node of its own, and one that is used twice is one', async () => {
  const dk = `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Transform
metadata: { name: x }
spec:
  runtime: generic-node
  inputs:
    - { dataset: orders, cell: us-east }
    - { dataset: orders }
  outputs:
    - { dataset: orders }
`;
  const folder = await temporaryFolder({ 'dk.yaml': dk }, 'good-node');
  const { nodes, edges } = JSON.parse(await drawn(folder, 'json'));
  expect(nodes.map(({ id }: { id: string }) => id)).toEqual([
    'store/us-east/warehouse',
    'dataset/us-east/orders',
    'store/warehouse',
    'dataset/orders',
    'transform/x',
  ]);
  expect(edges).toHaveLength(6);
  expect(
    await drawn(folder, 'text'),
  ).toBe(`us-east/warehouse (postgres) → us-east/orders (table orders) → x (generic-node)
warehouse (postgres) → orders (table orders) → x (generic-node)
x (generic-node) → orders (table orders) → warehouse (postgres)
`);
});

test('quotes in a place do not break the drawing', async () => {
  const revenue = `apiVersion: datakit.infoblox.dev/v1alpha1
kind: DataSet
metadata: { name: revenue }
spec: { store: lake-raw, prefix: 'a"b\\c' }
`;
  const folder = await temporaryFolder({ 'dataset/revenue.yaml': revenue }, 'good-node');
  expect(await drawn(folder, 'mermaid')).toContain('["revenue (prefix a#quot;b\\c)"]');
  expect(await drawn(folder, 'dot')).toContain('[label="revenue (prefix a\\"b\\\\c)", shape=box]');
});

test('a package with errors is not drawn', async () => {
  await expect(drawn(fixture('five-mistakes'), 'text')).rejects.toMatchObject({ kind: 'invalid' });
});
