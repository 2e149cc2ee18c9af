import type { TSchema } from 'typebox';

/** A schema as the JSON Schema that it is, in the structural subset that every schema here keeps to. */
export interface SchemaNode {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | SchemaNode;
  readonly items?: SchemaNode;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  /** dk only tolerates the field; what to do instead. */
  readonly 'x-dk-legacy'?: string;
  /** `pattern` in words that end a sentence beginning with "must". */
  readonly 'x-dk-pattern'?: string;
}

/** The JSON Schema view of a TypeBox schema. */
export function schemaNode(schema: TSchema): SchemaNode {
  // TypeBox types its schemas by what they describe; the objects themselves are plain JSON Schema.
  return schema as SchemaNode;
}

/** The schema of one field or item, or undefined where anything or nothing is allowed. */
export function childNode(node: SchemaNode, segment: string | number): SchemaNode | undefined {
  if (typeof segment === 'number') return node.items;
  if (node.properties !== undefined && Object.hasOwn(node.properties, segment)) return node.properties[segment];
  return node.additionalProperties === false ? undefined : node.additionalProperties;
}

/** The schema at a path; undefined where the path leaves what is described. */
export function nodeAt(root: SchemaNode, path: readonly (string | number)[]): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((node, segment) => node && childNode(node, segment), root);
}
