import type { SchemaNode } from './schema/node.ts';

/**
 * A schema as a CustomResourceDefinition may hold it. Closed objects need no `additionalProperties: false` there (it is even
 * forbidden beside `properties`): the API server prunes or refuses unknown fields by itself.
 */
export function structuralSchema(node: SchemaNode): Readonly<Record<string, unknown>> {
  const { properties, items, additionalProperties, ...rest } = node;
  const kept = Object.entries(rest).filter(([keyword]) => !keyword.startsWith('x-dk-'));
  return {
    ...Object.fromEntries(kept),
    ...(properties && { properties: mapValues(properties, structuralSchema) }),
    ...(items && { items: structuralSchema(items) }),
    ...(additionalProperties && { additionalProperties: structuralSchema(additionalProperties) }),
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
