import { apiVersion } from './api-version.ts';
import { schemas } from './kinds.ts';
import type { Kinds } from './manifest.ts';
import { type SchemaNode, schemaNode } from './schema/node.ts';

/** The JSON Schema of one kind, for editors. */
export function jsonSchema(kind: keyof Kinds): string {
  const { properties, ...rest } = editorSchema(schemaNode(schemas[kind]));
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: kind,
    ...rest,
    properties: { ...properties, apiVersion: { type: 'string', enum: [apiVersion] } },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

type EditorSchema = Readonly<Record<string, unknown>> & { readonly properties?: Readonly<Record<string, unknown>> };

/** Kubernetes' keywords mean nothing to an editor; a legacy field is struck through. */
function editorSchema(node: SchemaNode): EditorSchema {
  const { properties, items, additionalProperties, 'x-dk-legacy': instead, ...rest } = node;
  const kept = Object.entries(rest).filter(([keyword]) => !keyword.startsWith('x-'));
  return {
    ...Object.fromEntries(kept),
    ...(instead !== undefined && { deprecated: true, deprecationMessage: instead }),
    ...(properties && { properties: editorProperties(properties) }),
    ...(items && { items: editorSchema(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: additionalProperties && editorSchema(additionalProperties),
    }),
  };
}

function editorProperties(properties: Readonly<Record<string, SchemaNode>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(properties).map(([name, node]) => [name, editorSchema(node)]));
}
